//! Versions of services that an earlier import has described and the metadata no longer has.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::PoisonError,
};

use super::{
    Import, Report,
    catalogue::{Extent, Found},
};
use crate::{
    error::ImportError,
    files::{Folder, folders},
};

impl Import<'_> {
    /// Finds them among the services of which every version was asked for.
    pub(super) fn lost_versions(&self, found: &Found) -> Result<Report, ImportError> {
        let claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        let services: BTreeSet<PathBuf> = match found.extent {
            Extent::Version => return Ok(Report::default()),
            Extent::Vendor if self.request.services.is_empty() => {
                folders(self.folder)?.into_iter().collect()
            }
            Extent::Service | Extent::Vendor => claimed
                .iter()
                .filter_map(|(version, vendors_name)| {
                    let service = version.parent()?;
                    self.wants_all(service, vendors_name)
                        .then(|| service.to_owned())
                })
                .collect(),
        };
        let mut report = Report::default();
        for service in services {
            for version in folders(&service)? {
                if !claimed.contains_key(&version) {
                    report.add(self.lost_version(version)?);
                }
            }
        }
        Ok(report)
    }

    /// Whether all versions of a service were asked for.
    fn wants_all(&self, service: &Path, vendors_name: &str) -> bool {
        let services = &self.request.services;
        let is_called = |name: &String| name == vendors_name || service.ends_with(name);
        services.is_empty() || services.iter().any(is_called)
    }

    fn lost_version(&self, path: PathBuf) -> Result<Report, ImportError> {
        let mut report = Report::default();
        let folder = Folder::read(path.clone())?;
        if folder.imported().next().is_none() {
            return Ok(report);
        }
        if self.request.prune {
            let outcome = folder.write(super::ORIGIN, &BTreeMap::new(), true)?;
            report.removed = outcome.removed;
            report.gone = outcome.gone;
            folder.remove_if_empty();
        } else {
            report.gone.push(path);
        }
        Ok(report)
    }
}
