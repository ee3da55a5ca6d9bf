using System.Text.Json.Nodes;
using Berth.Scheduler.Cycle;

namespace Berth.Scheduler.Configuration;

/// <summary>Reads a <c>KubeSchedulerConfiguration</c> of <c>kubescheduler.config.k8s.io/v1</c>.</summary>
public static class ConfigurationReader
{
    /// <exception cref="ConfigurationException">A field is unknown, wrong, or asks for what this scheduler does not have.</exception>
    public static SchedulerConfiguration Read(JsonNode? document)
    {
        var root = new Fields(document, "");
        if (root.Text("apiVersion") != "kubescheduler.config.k8s.io/v1")
            throw new ConfigurationException("apiVersion", "must be kubescheduler.config.k8s.io/v1");
        if (root.Text("kind") != "KubeSchedulerConfiguration")
            throw new ConfigurationException("kind", "must be KubeSchedulerConfiguration");
        // All nodes are looked at, on one thread; profiling and back-off are fixed.
        root.Ignore("parallelism", "percentageOfNodesToScore", "enableProfiling", "enableContentionProfiling", "delayCacheUntilActive");
        if (root.List("extenders").Any())
            throw new ConfigurationException("extenders", "are not supported");
        root.Ignore("podInitialBackoffSeconds", "podMaxBackoffSeconds");

        var connection = root.Mapping("clientConnection");
        connection.Ignore("acceptContentTypes", "contentType", "qps", "burst");
        var kubeconfig = connection.Text("kubeconfig");
        connection.End();

        var election = root.Mapping("leaderElection");
        var standard = SchedulerConfiguration.Default;
        if (election.Text("resourceLock") is not (null or "leases"))
            throw new ConfigurationException(election.At("resourceLock"), "must be leases");
        var configuration = new SchedulerConfiguration
        {
            Kubeconfig = kubeconfig,
            LeaderElect = election.Truth("leaderElect") ?? true,
            LeaseName = election.Text("resourceName") ?? standard.LeaseName,
            LeaseNamespace = election.Text("resourceNamespace") ?? standard.LeaseNamespace,
            LeaseDuration = election.Duration("leaseDuration") ?? standard.LeaseDuration,
            RenewDeadline = election.Duration("renewDeadline") ?? standard.RenewDeadline,
            RetryPeriod = election.Duration("retryPeriod") ?? standard.RetryPeriod,
        };
        election.End();

        var profiles = root.List("profiles").Select(p => ProfileReader.Read(new Fields(p.Node, p.Path))).ToList();
        root.End();
        if (profiles.GroupBy(p => p.SchedulerName).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ConfigurationException("profiles", $"two profiles are named \"{twice.Key}\"");
        return profiles.Count == 0 ? configuration : configuration with { Profiles = profiles };
    }
}
