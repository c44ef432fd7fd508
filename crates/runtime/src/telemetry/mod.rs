//! Logs, traces and metrics of a process. What is logged is decided where it happens; here is only where it goes.

mod metrics;

use std::io::IsTerminal;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    runtime::Tokio,
    trace::{SdkTracerProvider, span_processor_with_async_runtime::BatchSpanProcessor},
};
use tracing_subscriber::{
    EnvFilter, Layer, filter::LevelFilter, layer::SubscriberExt, util::SubscriberInitExt,
};

pub use metrics::{Gauges, Metrics, RequestSeen};

use crate::{
    config::{LogFormat, Telemetry},
    report::{OperatorError, START_FAILED},
};

/// Keeps telemetry going; call [`TelemetryGuard::flush`] before the process ends.
pub struct TelemetryGuard {
    traces: Option<SdkTracerProvider>,
}

impl TelemetryGuard {
    /// Sends what is buffered.
    pub async fn flush(self) {
        let Some(provider) = self.traces else { return };
        // The provider blocks until its exporter, which needs this runtime, is done.
        let stopped = tokio::task::spawn_blocking(move || provider.shutdown()).await;
        if !matches!(stopped, Ok(Ok(()))) {
            tracing::warn!("some traces could not be sent before the end");
        }
    }
}

/// Starts logging to standard error, and sending traces if an endpoint is configured. Needs a tokio runtime.
///
/// # Errors
/// The exporter cannot be built, or logging was started before.
pub fn start(config: &Telemetry) -> Result<TelemetryGuard, OperatorError> {
    let failed = |what: String| OperatorError::new(START_FAILED).because(what);
    let filter = EnvFilter::try_new(&config.log).map_err(|e| failed(e.to_string()))?;
    let json = match config.format {
        LogFormat::Json => true,
        LogFormat::Pretty => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if json {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
    } else {
        // No colour where nobody looks, or where it is not wanted (https://no-color.org).
        let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        lines.compact().with_ansi(color).boxed()
    };
    let traces =
        config.otlp_endpoint.as_ref().map(|url| tracer_provider(url, &config.service_name)).transpose()?;
    let spans = traces
        .as_ref()
        .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("vestibule")));
    // What is logged does not decide what is traced: a quiet log would else leave a collector with nothing.
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(spans.with_filter(LevelFilter::INFO))
        .try_init()
        .map_err(|e| failed(e.to_string()))?;
    Ok(TelemetryGuard { traces })
}

fn tracer_provider(endpoint: &url::Url, service: &str) -> Result<SdkTracerProvider, OperatorError> {
    let mut endpoint = endpoint.clone();
    if endpoint.path() == "/" {
        endpoint.set_path("/v1/traces");
    }
    let exporter =
        SpanExporter::builder().with_http().with_endpoint(endpoint.as_str()).build().map_err(|e| {
            OperatorError::new(START_FAILED)
                .tried(endpoint.as_str())
                .because(e.to_string())
                .fix("check telemetry.otlp_endpoint")
        })?;
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let resource = Resource::builder().with_service_name(service.to_owned()).build();
    let batch = BatchSpanProcessor::builder(exporter, Tokio).build();
    Ok(SdkTracerProvider::builder().with_span_processor(batch).with_resource(resource).build())
}
