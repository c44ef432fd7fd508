//! Numbers for Prometheus. Labels are route templates, methods and status codes: closed sets, never user data.

use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
    core::Collector,
};

/// One answered request.
#[derive(Debug, Clone, Copy)]
pub struct RequestSeen<'a> {
    /// The method, as one of the registered words.
    pub method: &'a str,
    /// The route template; never the path itself.
    pub route: &'a str,
    /// The status code.
    pub status: u16,
    /// From the first byte read to the answer.
    pub took: Duration,
}

/// Levels read when somebody asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Password hashes waiting.
    pub hash_queue_depth: u64,
    /// Password hashes being computed.
    pub hash_running: u64,
    /// Connections of the pool in use.
    pub pool_in_use: u64,
    /// Connections of the pool.
    pub pool_size: u64,
    /// Age of the oldest due job in seconds.
    pub job_lag_seconds: u64,
}

/// The metrics of a process.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    in_flight: IntGauge,
    levels: IntGaugeVec,
    job_lag: IntGauge,
    resident: IntGauge,
}

/// Bounds in seconds: from a token (well below a millisecond) to a password login under load.
const BUCKETS: [f64; 13] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];

fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    metric: C,
) -> Result<C, prometheus::Error> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

impl Metrics {
    /// Registers everything.
    ///
    /// # Errors
    /// Two metrics have one name: a defect.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counts = Opts::new("vestibule_http_requests_total", "Answered requests.");
        let times = HistogramOpts::new("vestibule_http_request_duration_seconds", "Time to answer.");
        let times = HistogramVec::new(times.buckets(BUCKETS.to_vec()), &["method", "route"])?;
        let levels = Opts::new("vestibule_level", "Levels of queues and pools.");
        let gauge = |name: &str, about: &str| registered(&registry, IntGauge::new(name, about)?);
        Ok(Self {
            requests: registered(&registry, IntCounterVec::new(counts, &["method", "route", "status"])?)?,
            durations: registered(&registry, times)?,
            in_flight: gauge("vestibule_http_requests_in_flight", "Requests being answered.")?,
            levels: registered(&registry, IntGaugeVec::new(levels, &["of"])?)?,
            job_lag: gauge("vestibule_job_lag_seconds", "Age of the oldest due job.")?,
            resident: gauge("process_resident_memory_bytes", "Resident memory.")?,
            registry,
        })
    }

    /// A request begins.
    pub fn request_begins(&self) {
        self.in_flight.inc();
    }

    /// A request was answered or given up.
    pub fn request_ends(&self) {
        self.in_flight.dec();
    }

    /// Counts an answered request.
    pub fn request_seen(&self, seen: RequestSeen<'_>) {
        let mut digits = [0; 3];
        let status = status_text(seen.status, &mut digits);
        self.requests.with_label_values(&[seen.method, seen.route, status]).inc();
        self.durations.with_label_values(&[seen.method, seen.route]).observe(seen.took.as_secs_f64());
    }

    /// Everything, with the levels of now, in the [text format](https://prometheus.io/docs/instrumenting/exposition_formats/).
    ///
    /// # Errors
    /// A metric cannot be written.
    pub fn render(&self, now: &Gauges) -> Result<String, prometheus::Error> {
        for (of, value) in [
            ("hash_queue", now.hash_queue_depth),
            ("hash_running", now.hash_running),
            ("database_connections_in_use", now.pool_in_use),
            ("database_connections", now.pool_size),
        ] {
            self.levels.with_label_values(&[of]).set(bounded(value));
        }
        self.job_lag.set(bounded(now.job_lag_seconds));
        if let Some(bytes) = resident_bytes() {
            self.resident.set(bytes);
        }
        let mut out = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut out)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }
}

fn bounded(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Status codes have three digits; without an allocation per request.
fn status_text(status: u16, digits: &mut [u8; 3]) -> &str {
    let mut rest = status;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    std::str::from_utf8(digits).unwrap_or("000")
}

/// Resident memory of this process, from the kernel; `None` elsewhere than Linux.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_template() {
        let metrics = Metrics::new().unwrap();
        let took = Duration::from_millis(3);
        metrics.request_seen(RequestSeen {
            method: "GET",
            route: "/realms/{realm}/oauth/jwks",
            status: 200,
            took,
        });
        let text = metrics.render(&Gauges { hash_queue_depth: 7, ..Gauges::default() }).unwrap();
        assert!(text.contains(
            r#"vestibule_http_requests_total{method="GET",route="/realms/{realm}/oauth/jwks",status="200"} 1"#
        ));
        assert!(text.contains(r#"vestibule_level{of="hash_queue"} 7"#));
        assert!(text.contains("vestibule_job_lag_seconds 0"));
    }
}
