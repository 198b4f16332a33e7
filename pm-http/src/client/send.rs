//! The loop around attempts: when to wait, when to repeat, what to say in the end.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use pm_provider::{Effect, Error, ErrorKind, Result, Retry, Secret};
use reqwest::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use tokio::time::{Instant, sleep};

use super::attempt::{Answer, Extra};
use super::failure::{ErrorReply, Failure};
use super::request::Draft;
use super::{Client, Inner, Reply};
use crate::body;
use crate::create::within_create;
use crate::endpoint::{Endpoint, Repeat};
use crate::limits::Pause;
use crate::retry::retry_after;
use crate::revalidate::Kept;

/// One request on its way, through all of its attempts.
struct Journey<'a> {
    inner: &'a Inner,
    endpoint: &'a Endpoint,
    draft: &'a Draft,
    deadline: Instant,
    attempt: u32,
    /// When the last attempt was sent.
    sent: Instant,
    /// An attempt may have been executed.
    is_open: bool,
    /// The secret was fetched again already.
    is_renewed: bool,
    /// Which of our secrets went with the last attempt.
    login: u64,
}

impl Client {
    pub(super) async fn send(&self, endpoint: &Endpoint, draft: Draft) -> Result<Reply> {
        let (answer, login) = self.exchange(endpoint, &draft).await?;
        Ok(Reply {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            endpoint: *endpoint,
            provider: self.0.provider,
            redactor: self.0.redactor.clone(),
            login,
        })
    }

    /// The answer, and which of our secrets it was given for.
    pub(super) async fn exchange(&self, endpoint: &Endpoint, draft: &Draft) -> Result<(Answer, u64)> {
        let inner = &*self.0;
        let deadline = within_create(inner.retry.deadline_from(Instant::now()));
        let mut journey = Journey {
            inner,
            endpoint,
            draft,
            deadline,
            attempt: 0,
            sent: Instant::now(),
            is_open: false,
            is_renewed: false,
            login: 0,
        };
        let answer = journey.run().await?;
        Ok((answer, journey.login))
    }
}

impl Journey<'_> {
    async fn run(&mut self) -> Result<Answer> {
        loop {
            self.attempt += 1;
            let failure = match self.once().await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            self.is_open |= !failure.is_certain && self.endpoint.is_write();
            let Some(pause) = self.pause(&failure) else { return Err(self.give_up(failure)) };
            sleep(pause).await;
        }
    }

    /// How long to wait before the next attempt; `None` when there is none.
    fn pause(&self, failure: &Failure) -> Option<Duration> {
        let may_repeat = failure.is_certain || self.endpoint.repeat != Repeat::Never;
        if !failure.is_passing || !may_repeat || self.attempt >= self.inner.retry.attempts {
            return None;
        }
        // "After no time at all" is no reason to hurry.
        let hint = failure.hint.filter(|hint| !hint.is_zero());
        let pause = hint.unwrap_or_else(|| self.inner.retry.pause(self.attempt));
        (pause < self.deadline.saturating_duration_since(Instant::now())).then_some(pause)
    }

    fn give_up(&self, failure: Failure) -> Error {
        let mut error = failure.error;
        if let Some(hint) = failure.hint {
            error = error.with_retry(Retry::After(hint));
        }
        error.with_effect(if self.is_open { Effect::Unknown } else { Effect::NotExecuted })
    }

    async fn once(&mut self) -> Result<Answer, Failure> {
        loop {
            let login = self.inner.keyring.login().await.map_err(Failure::final_one)?;
            let kept = self.kept();
            let mut extra: Vec<Extra> = kept.iter().map(|kept| (IF_NONE_MATCH, kept.tag.clone())).collect();
            let secret = login.map(|login| {
                extra.push(login.header);
                self.login = login.age;
                login.secret
            });
            let answer = self.exchange(&extra).await?;
            if answer.status == 401 && self.renew(secret.as_ref()).await {
                continue;
            }
            return self.judge(self.revalidated(answer, kept.as_deref()));
        }
    }

    /// After a 401: says whether there is another secret to try, once.
    async fn renew(&mut self, refused: Option<&Secret>) -> bool {
        let Some(refused) = refused.filter(|_| !self.is_renewed) else { return false };
        self.is_renewed = true;
        let is_another = self.inner.keyring.renew(refused).await.unwrap_or(false);
        if is_another {
            self.inner.shelf.clear();
        }
        is_another
    }

    fn kept(&self) -> Option<Arc<Kept>> {
        self.draft.revalidates.then(|| self.inner.shelf.get(&self.draft.address())).flatten()
    }

    /// Puts the kept answer in the place of "nothing new", and keeps what is new.
    fn revalidated(&self, answer: Answer, kept: Option<&Kept>) -> Answer {
        if !self.draft.revalidates {
            return answer;
        }
        match (kept, answer.status, answer.headers.get(ETAG)) {
            (Some(kept), 304, _) => {
                let (headers, body) = (kept.headers.clone(), kept.body.clone());
                Answer { status: 200, headers, body, rest: None }
            }
            (_, 200, Some(tag)) => {
                let kept = Kept { tag: tag.clone(), headers: answer.headers.clone(), body: answer.body.clone() };
                self.inner.shelf.put(self.draft.address(), kept);
                answer
            }
            _ => answer,
        }
    }

    async fn exchange(&mut self, extra: &[Extra]) -> Result<Answer, Failure> {
        let inner = self.inner;
        let _permit = inner.limiter.permit(self.endpoint, self.deadline).await.map_err(Failure::final_one)?;
        let started = Instant::now();
        self.sent = started;
        let limit = inner.retry.timeout.min(self.deadline.saturating_duration_since(started));
        if limit.is_zero() {
            let error = Error::new(ErrorKind::Timeout, "no time is left to send the request");
            return Err(Failure::final_one(error));
        }
        let answer = inner.attempt(self.endpoint, self.draft, extra, limit).await;
        self.log(&answer, started.elapsed());
        answer
    }

    /// Tells an answer that is wanted from one that is an error.
    fn judge(&self, answer: Answer) -> Result<Answer, Failure> {
        let hint = self.hint(&answer);
        let refusal =
            if (200..300).contains(&answer.status) { self.refusal(&answer) } else { Some(self.read_error(&answer)) };
        if let Some(error) = refusal {
            let hint = hint.or(match error.retry() {
                Retry::After(pause) => Some(pause),
                _ if error.kind() == ErrorKind::RateLimited => self.inner.limiter.strike(self.sent),
                _ => None,
            });
            let failure = Failure::answered(answer.status, error, hint, self.endpoint.repeat);
            if failure.error.kind() == ErrorKind::RateLimited
                && let Some(pause) = failure.hint
            {
                self.let_wait(&answer, pause);
            }
            return Err(failure);
        }
        if body::is_html(answer.head().header(CONTENT_TYPE.as_str()), &answer.body) && !answer.body.is_empty() {
            return Err(Failure::open(self.with_traces(self.page(&answer), &answer), false));
        }
        self.inner.limiter.forgive(self.sent);
        Ok(answer)
    }

    /// Lets those wait whom the backend meant; the request itself waits in any case.
    fn let_wait(&self, answer: &Answer, pause: Duration) {
        match self.inner.pauses.map(|read| read(&self.error_reply(answer))).unwrap_or_default() {
            Pause::All => self.inner.limiter.pause(pause),
            Pause::Endpoint => self.inner.limiter.pause_endpoint(self.endpoint, pause),
            Pause::Request => {}
        }
    }

    /// How long the backend asks to wait; what is left of the allowance is remembered on the way.
    fn hint(&self, answer: &Answer) -> Option<Duration> {
        let head = answer.head();
        // A date is one of the backend's clock, which may not be ours.
        let now = head.date().map_or_else(SystemTime::now, SystemTime::from);
        let after = head.header(RETRY_AFTER.as_str()).and_then(|value| retry_after(value, now));
        let quota = self.inner.quota.and_then(|read| read(&head));
        quota.and_then(|quota| quota.limit).into_iter().for_each(|limit| self.inner.limiter.tell(limit));
        let quota = quota.filter(|quota| quota.remaining == 0);
        if let Some(quota) = quota {
            self.inner.limiter.pause(quota.reset);
        }
        after.or(quota.map(|quota| quota.reset))
    }

    fn error_reply<'b>(&'b self, answer: &'b Answer) -> ErrorReply<'b> {
        ErrorReply {
            status: answer.status,
            body: &answer.body,
            endpoint: self.endpoint,
            path: self.draft.url.path(),
            headers: &answer.headers,
        }
    }

    fn read_error(&self, answer: &Answer) -> Error {
        let reply = self.error_reply(answer);
        let error = self.inner.errors.and_then(|read| read(&reply)).unwrap_or_else(|| reply.meaning());
        self.with_traces(error, answer)
    }

    fn refusal(&self, answer: &Answer) -> Option<Error> {
        let error = self.inner.refusals.and_then(|read| read(&self.error_reply(answer)))?;
        Some(self.with_traces(error, answer))
    }

    fn page(&self, answer: &Answer) -> Error {
        let message = format!("the backend answered with {} instead of data", body::page_name(&answer.body));
        let address = self.inner.names.env("base_url");
        Error::new(ErrorKind::InvalidResponse, message)
            .hint(format!("a login page or a proxy may stand before the API; check {address}"))
    }

    fn with_traces(&self, error: Error, answer: &Answer) -> Error {
        let error = error.with_http_status(answer.status);
        match answer.head().request_id() {
            Some(id) => error.with_request_id(id),
            None => error,
        }
    }

    /// Never the address as it is, a query or a body: they hold what people write.
    fn log(&self, answer: &Result<Answer, Failure>, elapsed: Duration) {
        let (status, id) = match answer {
            Ok(answer) => (Some(answer.status), answer.head().request_id()),
            Err(failure) => (failure.error.http_status(), None),
        };
        let failure = answer.as_ref().err().map(|failure| failure.error.kind());
        tracing::debug!(
            provider = self.inner.provider,
            method = self.endpoint.method.as_str(),
            path = self.endpoint.path,
            attempt = self.attempt,
            status,
            ?failure,
            milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            request_id = id.map(|id| self.inner.redactor.text(&id)),
            "request"
        );
    }
}
