//! The bucket that holds the site. Objects are put several at a time, each in one step, and only
//! those that were put here are ever replaced or deleted.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, bail};
use bytes::Bytes as Shared;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use self::objects::Objects;
use super::destination::{Bytes, Destination};
use super::manifest::{MANIFEST, Manifest, UNFINISHED, Written, parse};
use crate::domain::hash::{digest_of_parts, hex};
use crate::site::document::CachePolicy;
use crate::site::static_files::{FileHeaders, Naming};

mod address;
mod http_client;
mod objects;
mod trouble;

/// How many objects are put or deleted at once, and how many bytes of them are held in memory.
const AT_ONCE: usize = 12;
const BYTES_AT_ONCE: u64 = 64 * 1024 * 1024;

/// A part of a bucket that is written to.
#[derive(Debug)]
pub(super) struct Bucket {
    objects: Objects,
    runtime: Handle,
    manifest: Manifest,
    /// Objects that aren't there as the manifest says.
    changed: BTreeSet<String>,
    /// Objects of ours of which it isn't known whether they are there, and which.
    doubtful: BTreeSet<String>,
    /// What was there already, and isn't ours.
    foreign: BTreeSet<String>,
    /// Whether all of the site has been put since this was opened.
    was_finished: bool,
    /// Whether the manifest may be behind: something has been put since it was saved.
    is_writing: bool,
    /// Names that aren't in the manifest yet.
    new: Vec<String>,
    tasks: JoinSet<Done>,
    /// The size of what is being put.
    bytes_in_tasks: u64,
}

/// A request that has ended, and what it was for.
#[derive(Debug)]
struct Done {
    name: String,
    outcome: anyhow::Result<Outcome>,
    bytes: u64,
}

#[derive(Debug)]
enum Outcome {
    Put(Written),
    Deleted,
    /// It stays, because something else has changed it.
    Kept,
}

impl Bucket {
    /// Opens the place at an address. Nothing is put yet.
    ///
    /// # Errors
    /// If the address isn't right, the store doesn't answer, or something else is there.
    pub(super) async fn open(address: &str) -> anyhow::Result<Self> {
        let objects = Objects::at(address)?;
        let there = objects.list().await?;
        let manifest = match objects.read(MANIFEST).await? {
            Some(text) => Some(Manifest::parse(&text, &objects.shown(MANIFEST))?),
            None => None,
        };
        let unfinished: Option<Vec<String>> = match objects.read(UNFINISHED).await? {
            Some(text) => Some(parse(&text, &objects.shown(UNFINISHED))?),
            None => None,
        };
        if manifest.is_none() && unfinished.is_none() && !there.is_empty() {
            bail!(
                "{} isn't empty, and `lightship build` hasn't written it, so nothing there is \
                 changed; name another prefix",
                objects.shown("")
            );
        }
        let manifest = manifest.unwrap_or_default();
        let is_as_written = |(name, written): &(&String, &Written)| {
            let etag = there.get(*name).and_then(Option::as_ref);
            etag.is_some() && etag == written.etag.as_ref()
        };
        let others = manifest.files.iter().filter(|file| !is_as_written(file));
        let mut changed: BTreeSet<String> = others.map(|(name, _)| name.clone()).collect();
        let is_writing = unfinished.is_some();
        let mut doubtful = BTreeSet::new();
        if let Some(names) = unfinished {
            // The killed build may have changed any object, too.
            doubtful.extend(names);
            doubtful.append(&mut changed);
        }
        let is_foreign = |name: &String| {
            let is_known = manifest.files.contains_key(name) || doubtful.contains(name);
            !is_known && ![MANIFEST, UNFINISHED].contains(&name.as_str())
        };
        Ok(Self {
            foreign: there.into_keys().filter(is_foreign).collect(),
            runtime: Handle::current(),
            objects,
            manifest,
            changed,
            doubtful,
            was_finished: false,
            is_writing,
            new: Vec::new(),
            tasks: JoinSet::new(),
            bytes_in_tasks: 0,
        })
    }

    /// Refuses the name of something that wasn't put here.
    fn check_free(&self, name: &str) -> anyhow::Result<()> {
        // The list of what is there may be old.
        let is_taken = self.foreign.contains(name)
            || self.was_finished && {
                let (objects, name) = (self.objects.clone(), name.to_owned());
                self.wait(async move { objects.etag_of(&name).await })?
                    .is_some()
            };
        if is_taken {
            bail!(
                "{} is in the way: `lightship build` hasn't written it; move it, or name another \
                 prefix",
                self.objects.shown(name)
            );
        }
        Ok(())
    }

    /// Notes, before the first change, what is going to be added. So the next build knows it, even
    /// if this one is killed.
    fn begin(&mut self) -> anyhow::Result<()> {
        if !self.is_writing || !self.new.is_empty() {
            let names: Vec<&String> = self.new.iter().chain(&self.doubtful).collect();
            self.save(UNFINISHED, &names)?;
            self.new.clear();
            self.is_writing = true;
        }
        Ok(())
    }

    fn save(&self, name: &'static str, value: &impl Serialize) -> anyhow::Result<()> {
        let text = serde_json::to_vec(value)?;
        let headers = FileHeaders::new("application/json", CachePolicy::Private);
        let objects = self.objects.clone();
        self.wait(async move { objects.put(name, text.into(), &headers).await })?;
        Ok(())
    }

    /// Waits for a request. It runs on the runtime, and ends with it.
    fn wait<T: Send + 'static>(
        &self,
        request: impl Future<Output = anyhow::Result<T>> + Send + 'static,
    ) -> anyhow::Result<T> {
        let (done, outcome) = oneshot::channel();
        self.runtime.spawn(async move {
            let _ = done.send(request.await);
        });
        outcome.blocking_recv().context("a request broke off")?
    }

    fn old_names(&self, names: &BTreeSet<&str>) -> Vec<String> {
        let known = self.manifest.files.keys().chain(&self.doubtful);
        let old: BTreeSet<&String> = known.filter(|it| !names.contains(it.as_str())).collect();
        old.into_iter().cloned().collect()
    }

    /// Waits until another request may begin.
    fn wait_for_room(&mut self) -> anyhow::Result<usize> {
        let mut kept = 0;
        while self.tasks.len() >= AT_ONCE || self.bytes_in_tasks > BYTES_AT_ONCE {
            kept += self.end_one()?.unwrap_or_default();
        }
        Ok(kept)
    }

    /// Waits until all requests have ended.
    fn end_all(&mut self) -> anyhow::Result<usize> {
        let mut kept = 0;
        while let Some(one) = self.end_one()? {
            kept += one;
        }
        Ok(kept)
    }

    /// Waits until a request has ended, if there is one. Returns how many objects stay.
    ///
    /// # Errors
    /// If it failed. Then all others have ended, so that none is late.
    fn end_one(&mut self) -> anyhow::Result<Option<usize>> {
        let Some(done) = self.runtime.block_on(self.tasks.join_next()) else {
            return Ok(None);
        };
        let ended = done
            .context("a request broke off")
            .and_then(|done| self.note(done));
        if ended.is_err() {
            while let Some(done) = self.runtime.block_on(self.tasks.join_next()) {
                let _ = done.map(|done| self.note(done));
            }
            self.bytes_in_tasks = 0;
        }
        ended.map(Some)
    }

    fn note(&mut self, done: Done) -> anyhow::Result<usize> {
        let Done {
            name,
            outcome,
            bytes,
        } = done;
        self.bytes_in_tasks = self.bytes_in_tasks.saturating_sub(bytes);
        let (written, kept) = match outcome? {
            Outcome::Put(written) => (Some(written), 0),
            Outcome::Deleted => (None, 0),
            Outcome::Kept => (None, 1),
        };
        self.doubtful.remove(&name);
        self.changed.remove(&name);
        match written {
            Some(written) => self.manifest.files.insert(name, written),
            None => self.manifest.files.remove(&name),
        };
        Ok(kept)
    }
}

impl Destination for Bucket {
    fn naming(&self) -> Naming {
        Naming::Objects
    }

    fn prepare(&mut self, names: &BTreeSet<&str>) -> anyhow::Result<usize> {
        let is_new = |name: &&&str| !self.manifest.files.contains_key(**name);
        let new: Vec<String> = names.iter().filter(is_new).map(|it| (*it).into()).collect();
        for name in new.iter().filter(|name| !self.doubtful.contains(*name)) {
            self.check_free(name)?;
        }
        self.new = new;
        Ok(0)
    }

    fn has(&self, name: &str) -> bool {
        let is_doubtful = self.doubtful.contains(name) || self.changed.contains(name);
        self.manifest.files.contains_key(name) && !is_doubtful
    }

    fn put(&mut self, name: &str, bytes: Bytes<'_>, headers: &FileHeaders) -> anyhow::Result<bool> {
        let bytes = match bytes {
            Bytes::Ready(bytes) => Shared::copy_from_slice(bytes),
            Bytes::OfFile(path) => fs::read(path)
                .with_context(|| format!("reading {}", path.display()))?
                .into(),
        };
        let mut written = describe(&bytes, headers);
        let known = self.manifest.files.get(name);
        if self.has(name) && known.is_some_and(|known| known.sha256 == written.sha256) {
            return Ok(false);
        }
        self.begin()?;
        self.wait_for_room()?;
        self.doubtful.insert(name.to_owned());
        self.bytes_in_tasks += written.bytes;
        let (objects, headers, name) = (self.objects.clone(), headers.clone(), name.to_owned());
        let putting = async move {
            let put = objects.put(&name, bytes, &headers).await;
            let bytes = written.bytes;
            let outcome = put.map(|etag| {
                written.etag = etag;
                Outcome::Put(written)
            });
            Done {
                name,
                outcome,
                bytes,
            }
        };
        self.tasks.spawn_on(putting, &self.runtime);
        Ok(true)
    }

    fn settle(&mut self) -> anyhow::Result<()> {
        self.end_all().map(|_| ())
    }

    fn delete_others(&mut self, names: &BTreeSet<&str>) -> anyhow::Result<(usize, usize)> {
        let old = self.old_names(names);
        let mut kept = 0;
        for name in &old {
            self.begin()?;
            kept += self.wait_for_room()?;
            let known = self.manifest.files.get(name);
            let known = known.and_then(|known| known.etag.clone());
            let expected = known.filter(|_| !self.doubtful.contains(name));
            let deleting = delete(self.objects.clone(), name.clone(), expected);
            self.tasks.spawn_on(deleting, &self.runtime);
        }
        kept += self.end_all()?;
        Ok((old.len() - kept, kept))
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        self.was_finished = true;
        if !self.is_writing {
            return Ok(());
        }
        self.save(MANIFEST, &self.manifest)?;
        let objects = self.objects.clone();
        self.wait(async move { objects.delete(UNFINISHED).await })?;
        self.is_writing = false;
        self.doubtful.clear();
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.manifest.bytes()
    }
}

/// Deletes an object, unless it has another ETag than is expected.
async fn delete(objects: Objects, name: String, expected: Option<String>) -> Done {
    let deleting = async {
        if let Some(expected) = expected
            && let Some(found) = objects.etag_of(&name).await?
            && found.as_ref() != Some(&expected)
        {
            tracing::warn!(
                object = %objects.shown(&name),
                "the site doesn't have this object any more, but something else has changed it, \
                 so it stays"
            );
            return Ok(Outcome::Kept);
        }
        objects.delete(&name).await?;
        Ok(Outcome::Deleted)
    };
    let outcome = deleting.await;
    Done {
        name,
        outcome,
        bytes: 0,
    }
}

/// What there is to know of an object. Its hash differs if its headers do.
fn describe(bytes: &Shared, headers: &FileHeaders) -> Written {
    let FileHeaders { media_type, policy } = headers;
    let parts = [media_type.as_bytes(), policy.header().as_bytes(), bytes];
    Written {
        sha256: hex(&digest_of_parts(parts)),
        bytes: bytes.len() as u64,
        etag: None,
    }
}
