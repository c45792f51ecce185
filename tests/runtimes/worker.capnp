# For `workerd test`: one worker that may reach the machine that it runs on.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private"])),
  ],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  bindings = [
    (name = "siteUrl", fromEnvironment = "SITE_URL"),
    (name = "silentUrl", fromEnvironment = "SILENT_URL"),
  ],
);
