//! A provider of text messages that behaves as told: takes messages over HTTP, or is slow, rude, endless or gone. Keeps
//! what it took, once for each key.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::wait;

/// What the provider does with the next request; once the list is empty it takes messages.
#[derive(Debug, Clone)]
pub enum Gateway {
    /// Answers with a status and a document, and takes nothing.
    Says(u16, String),
    /// Takes the message and breaks the connection before it answers.
    LosesAnswer,
    /// Reads the request and never answers.
    Stalls,
    /// Sends an answer without end.
    Floods,
    /// Sends something that is not HTTP.
    Mumbles,
    /// Sends the caller elsewhere.
    Redirects,
}

/// A request the provider was sent.
#[derive(Debug, Clone)]
pub struct SmsRequest {
    /// Method and path.
    pub line: String,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl SmsRequest {
    /// The value of a header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct State {
    script: VecDeque<Gateway>,
    requests: Vec<SmsRequest>,
    taken: Vec<SmsRequest>,
}

/// A running provider.
pub struct SmsGateway {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for SmsGateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SmsGateway {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port is known");
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { address, state, task }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it does with the next requests.
    pub fn then(&self, conduct: impl IntoIterator<Item = Gateway>) {
        lock(&self.state).script.extend(conduct);
    }

    /// Every request.
    pub fn requests(&self) -> Vec<SmsRequest> {
        lock(&self.state).requests.clone()
    }

    /// The messages it took.
    pub fn taken(&self) -> Vec<SmsRequest> {
        lock(&self.state).taken.clone()
    }

    /// The messages it took, as soon as there are so many.
    pub async fn until_taken(&self, count: usize, deadline: Duration) -> Vec<SmsRequest> {
        wait::until(deadline, "text messages", || async {
            Some(self.taken()).filter(|taken| taken.len() >= count)
        })
        .await
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let Some(request) = read(&mut stream).await else { return };
    let conduct = {
        let mut state = lock(&state);
        state.requests.push(request.clone());
        let conduct = state.script.pop_front();
        if matches!(conduct, None | Some(Gateway::LosesAnswer)) {
            let key = request.header("idempotency-key").map(str::to_owned);
            let known = state.taken.iter().any(|taken| taken.header("idempotency-key") == key.as_deref());
            if !known || key.is_none() {
                state.taken.push(request);
            }
        }
        conduct
    };
    let text = match conduct {
        None => response(201, "", r#"{"sid": "SM0123456789abcdef", "status": "queued"}"#),
        Some(Gateway::Says(status, body)) => response(status, "", &body),
        Some(Gateway::LosesAnswer) => return,
        Some(Gateway::Stalls) => std::future::pending().await,
        Some(Gateway::Redirects) => response(302, "location: http://127.0.0.1:1/\r\n", ""),
        Some(Gateway::Mumbles) => "SMS/1.0 maybe\n\n".to_owned(),
        Some(Gateway::Floods) => {
            let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
            while stream.write_all(&[b' '; 8_192]).await.is_ok() {}
            return;
        }
    };
    let _gone = stream.write_all(text.as_bytes()).await;
    let _gone = stream.shutdown().await;
}

fn response(status: u16, more: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} -\r\nconnection: close\r\n{more}content-length: {}\r\n\r\n{body}", body.len())
}

async fn read(stream: &mut TcpStream) -> Option<SmsRequest> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4_096]);
    loop {
        let count = stream.read(&mut buffer).await.ok()?;
        bytes.extend_from_slice(buffer.get(..count)?);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let line = lines.next()?.to_owned();
            let headers: Vec<_> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let request = SmsRequest { line, headers, body: body.to_owned() };
            let length = request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return Some(request);
            }
        }
        if count == 0 {
            return None;
        }
    }
}
