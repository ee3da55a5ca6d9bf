using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Berth.ApiServer.Yaml;
using Berth.Client.Election;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Client.Transport;
using Berth.Instance;
using Berth.Logging;
using Berth.Scheduler;
using Berth.Scheduler.Configuration;
using Berth.Scheduler.Cycle;
using Berth.Up;
using Microsoft.Extensions.Logging;

namespace Berth.Verbs;

/// <summary><c>berth scheduler</c>: the scheduler alone, for any cluster that speaks the Kubernetes API.</summary>
internal static class SchedulerVerb
{
    public static Command Create()
    {
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "How to reach the cluster" };
        var config = new Option<string?>("--config") { Description = "A KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1): profiles, plugins, leader election" };
        var name = new Option<string?>("--scheduler-name") { Description = "Place pods with this spec.schedulerName only, instead of default-scheduler; not together with --config" };
        var elect = new Option<bool?>("--leader-elect") { Description = "Work only while holding the Lease kube-system/kube-scheduler (default: true)" };
        var level = new Option<LogLevel>("--log-level") { Description = "Least important line to log", DefaultValueFactory = _ => LogLevel.Information };
        var command = new Command("scheduler", "Run the scheduler alone, for any Kubernetes cluster") { kubeconfig, config, name, elect, level };
        command.SetAction(async (parsed, ct) =>
        {
            var configuration = Read(parsed.GetValue(config), parsed.GetValue(name));
            if (parsed.GetValue(elect) is { } asked)
                configuration = configuration with { LeaderElect = asked };
            var file = parsed.GetValue(kubeconfig) ?? configuration.Kubeconfig
                ?? throw new UserErrorException("no cluster was named", "give --kubeconfig FILE, such as --kubeconfig ~/.kube/config");
            // Ends in order: the lease is given back, so that another scheduler need not wait for it.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => UpVerb.Stop(s, stop));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, s => UpVerb.Stop(s, stop));
            return await RunAsync(file, configuration, parsed.GetValue(level), stop.Token);
        });
        return command;
    }

    private static SchedulerConfiguration Read(string? path, string? name)
    {
        if (path is null)
        {
            return name is null
                ? SchedulerConfiguration.Default
                : SchedulerConfiguration.Default with { Profiles = [SchedulerProfile.Default with { SchedulerName = name }] };
        }

        if (name is not null)
            throw new UserErrorException("--scheduler-name and --config were both given", "name the scheduler in the configuration's profiles");
        try
        {
            return ConfigurationReader.Read(JsonNode.Parse(YamlToJson.Convert(File.ReadAllBytes(path))));
        }
        catch (Exception e) when (e is ConfigurationException or YamlFormatException or System.Text.Json.JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path}: {e.Message}", "see the KubeSchedulerConfiguration reference of Kubernetes", e);
        }
    }

    private static async Task<int> RunAsync(string kubeconfig, SchedulerConfiguration configuration, LogLevel level, CancellationToken ct)
    {
        using var logs = new LineLoggerFactory(Console.Error, level, TimeProvider.System);
        var (client, http) = Connect(kubeconfig);
        using var _ = http;
        if (!configuration.LeaderElect)
        {
            await ScheduleAsync(client, configuration, logs, ct);
            return 0;
        }

        var elector = new LeaderElector(
            client,
            new ElectionOptions
            {
                Namespace = configuration.LeaseNamespace,
                Name = configuration.LeaseName,
                Identity = $"{Environment.MachineName}_{Guid.NewGuid()}",
                LeaseDuration = configuration.LeaseDuration,
                RenewDeadline = configuration.RenewDeadline,
                RetryPeriod = configuration.RetryPeriod,
            },
            TimeProvider.System,
            logs.CreateLogger("Berth.Client.Election"));
        try
        {
            // Whoever has lost the lead ends: what started it starts it again, with nothing left over.
            return await elector.RunAsync(leading => ScheduleAsync(client, configuration, logs, leading), ct) ? 0 : 1;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return 0;
        }
    }

    internal static (Client.ClusterClient Client, HttpMessageInvoker Http) Connect(string kubeconfig)
    {
        try
        {
            return Kubeconfig.Load(kubeconfig).Connect("berth-scheduler");
        }
        catch (KubeconfigException e)
        {
            throw new UserErrorException(e.Message, "give a kubeconfig that kubectl can use", e);
        }
    }

    /// <summary>The file that was asked for, or that of the environment, or the one of the data directory.</summary>
    internal static string KubeconfigOf(string? asked, string dataDirectory) =>
        asked ?? (Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } set ? set : Path.Combine(dataDirectory, "admin.kubeconfig"));

    internal static string NamespaceOf(string kubeconfig) => Kubeconfig.Load(kubeconfig).Namespace is { Length: > 0 } set ? set : "default";

    internal static async Task<bool> ServesClaimsAsync(Client.ClusterClient client, CancellationToken ct)
    {
        try
        {
            await client.GetRawAsync("/apis/resource.k8s.io/v1", ct);
            return true;
        }
        catch (Client.ApiException e) when (e.IsNotFound)
        {
            // Kubernetes before 1.34.
            return false;
        }
    }

    private static async Task ScheduleAsync(Client.ClusterClient client, SchedulerConfiguration configuration, LineLoggerFactory logs, CancellationToken ct)
    {
        var informers = new InformerFactory(client, logs, TimeProvider.System);
        // Events carry the name of the first profile: with one profile, the scheduler that the pod asked for.
        await using var events = new EventRecorder(client, configuration.Profiles[0].SchedulerName, null, TimeProvider.System, logs.CreateLogger("Berth.Client.Events"));
        using var scheduler = new PodScheduler(
            informers, events, TimeProvider.System, logs.CreateLogger("Berth.Scheduler"), new PodSchedulerOptions { Profiles = configuration.Profiles, Seed = Random.Shared.Next(), Claims = await ServesClaimsAsync(client, ct) });
        await Task.WhenAll(informers.RunAsync(ct), scheduler.RunAsync(ct));
    }
}
