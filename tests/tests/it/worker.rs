//! `pm-test-worker` as the tests see it.

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pm_tests::protocol::Event;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_pm-test-worker");

/// No test measures time; this only keeps one that hangs from hanging for ever.
const PATIENCE: Duration = Duration::from_mins(3);

/// A running worker; dropping it kills it.
pub(crate) struct Worker {
    child: Child,
    input: ChildStdin,
    heard: Arc<Mutex<Vec<Event>>>,
    count: watch::Receiver<usize>,
    listener: JoinHandle<()>,
}

/// What a worker did.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) heard: Vec<Event>,
}

impl Worker {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_as(Command::new(PROGRAM).args(arguments))
    }

    pub(crate) fn start_as(command: &mut Command) -> Self {
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn();
        let mut child = spawned.unwrap();
        let (sender, count) = watch::channel(0);
        let heard = Arc::default();
        let listener = tokio::spawn(listen(child.stdout.take().unwrap(), Arc::clone(&heard), sender));
        let input = child.stdin.take().unwrap();
        Self { child, input, heard, count, listener }
    }

    /// Starts a worker and waits until it is set up.
    pub(crate) async fn ready(arguments: &[&str]) -> Self {
        let mut worker = Self::start(arguments);
        worker.hear(|event| *event == Event::Ready).await;
        worker
    }

    /// Gives the signal to begin.
    pub(crate) async fn go(&mut self) {
        self.input.write_all(b"go\n").await.unwrap();
    }

    /// Waits until the worker has said something; says whether it has, or ended without.
    pub(crate) async fn hear(&mut self, wanted: impl Fn(&Event) -> bool) -> bool {
        let heard = Arc::clone(&self.heard);
        let said = self.count.wait_for(|_| heard.lock().unwrap().iter().any(&wanted));
        tokio::time::timeout(PATIENCE, said).await.expect("the worker says something in the end").is_ok()
    }

    /// How many things the worker has said.
    pub(crate) fn heard_so_far(&self) -> usize {
        self.heard.lock().unwrap().len()
    }

    /// Kills it with SIGKILL, wherever it is.
    pub(crate) async fn kill(mut self) -> Ended {
        self.child.start_kill().unwrap();
        self.finish().await
    }

    /// Ends its standard input and waits for its end.
    pub(crate) async fn finish(mut self) -> Ended {
        drop(self.input);
        let ended = async {
            self.listener.await.unwrap();
            self.child.wait().await.unwrap()
        };
        let status = tokio::time::timeout(PATIENCE, ended).await.expect("the worker ends in the end");
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        Ended { status, heard }
    }
}

impl Ended {
    /// Makes sure that the worker did all of its work without an error.
    pub(crate) fn succeeded(self) -> Vec<Event> {
        assert_eq!(self.errors(), Vec::<&str>::new());
        assert!(self.status.success(), "the worker ended with {}", self.status);
        assert_eq!(self.heard.last(), Some(&Event::Finished));
        self.heard
    }

    /// The errors that it was given.
    pub(crate) fn errors(&self) -> Vec<&str> {
        let errors = self.heard.iter().filter_map(|event| match event {
            Event::Failed(error) => Some(error.as_str()),
            _ => None,
        });
        errors.collect()
    }
}

async fn listen(output: ChildStdout, heard: Arc<Mutex<Vec<Event>>>, count: watch::Sender<usize>) {
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        let event = serde_json::from_str(&line).unwrap_or_else(|error| panic!("`{line}` is no event: {error}"));
        heard.lock().unwrap().push(event);
        count.send_modify(|count| *count += 1);
    }
}

/// A number below a bound, another one each time.
pub(crate) fn random_below(bound: u64) -> u64 {
    uuid::Uuid::now_v7().as_u64_pair().1 % bound
}
