using System.Diagnostics;
using System.Globalization;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Transport;
using Berth.Node.Cri;
using Berth.Node.Cri.V1;
using Berth.Node.Images;
using Berth.Node.Runtime;

namespace Berth.FirstLight.Bench;

/// <summary>
/// From a pod's creation to the Running that a watcher sees, against the three CRI calls that no node agent can do without,
/// on the same containerd in the same run: one of each in turn, so that both meet the same load.
/// </summary>
internal static class PodStart
{
    // Single starts differ by a third: medians of 15 gave ratios between 1.09 and 1.24 within an hour.
    private const int Rounds = 40;
    private const string Namespace = "default";

    public static async Task<(double BerthMilliseconds, double CriMilliseconds)> MeasureAsync(string dataDirectory)
    {
        using var runtime = await RunningContainerd.OpenAsync(dataDirectory, TimeProvider.System);
        await runtime.Importer.ImportAsync(await LocalImages.BusyboxAsync());
        var (client, http) = Kubeconfig.Load(Path.Combine(dataDirectory, "admin.kubeconfig")).Connect("berth-bench");
        using (http)
        {
            // Pods need their namespace's account.
            await foreach (var _ in client.WatchAsync<ServiceAccount>(Namespace, new ListOptions { FieldSelector = "metadata.name=default" }))
                break;
            var cgroups = new ContainerdOptions { DataDirectory = dataDirectory, PodCidrs = [] }.CgroupRoot;
            var berth = new List<double>();
            var cri = new List<double>();
            for (var i = 0; i <= Rounds; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"bench-{i}");
                var viaBerth = await RunPodAsync(client, name);
                var alone = await RunSandboxAsync(runtime.Client, name, dataDirectory, cgroups);
                // The first of each warms caches.
                if (i == 0)
                    continue;
                berth.Add(viaBerth);
                cri.Add(alone);
            }

            return (Median(berth), Median(cri));
        }
    }

    private static async Task<double> RunPodAsync(ClusterClient client, string name)
    {
        var pod = new Pod
        {
            Metadata = new ObjectMeta { Name = name, Namespace = Namespace },
            Spec = new PodSpec { Containers = [new Berth.Api.Core.V1.Container { Name = "main", Image = LocalImages.BusyboxName, Command = ["sleep", "3600"] }] },
        };
        var clock = Stopwatch.StartNew();
        var made = await client.CreateAsync(pod);
        var options = new ListOptions { FieldSelector = "metadata.name=" + name, ResourceVersion = made.Metadata.ResourceVersion };
        double? running = null;
        await foreach (var change in client.WatchAsync<Pod>(Namespace, options))
        {
            if (change.Type == WatchEventType.Deleted)
                break;
            if (running is not null || change.Object.Status.Phase != "Running")
                continue;
            running = clock.Elapsed.TotalMilliseconds;
            await client.DeleteAsync<Pod>(Namespace, name, new DeleteOptions { GracePeriodSeconds = 0 });
        }

        return running ?? throw new InvalidOperationException($"pod {name} was never Running");
    }

    private static async Task<double> RunSandboxAsync(CriClient runtime, string name, string dataDirectory, string cgroups)
    {
        var sandbox = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = name, Namespace = "bench", Uid = "alone-" + name },
            Hostname = name,
            LogDirectory = Path.Combine(dataDirectory, "bench-logs", name),
            Linux = new LinuxPodSandboxConfig { CgroupParent = cgroups + "/bench" },
        };
        var container = new ContainerConfig
        {
            Metadata = new ContainerMetadata { Name = "main" },
            Image = new ImageSpec { Image = LocalImages.BusyboxName },
            LogPath = "main.log",
            Linux = new LinuxContainerConfig(),
        };
        container.Command.AddRange(["sleep", "3600"]);
        var clock = Stopwatch.StartNew();
        var sandboxId = await runtime.RunPodSandboxAsync(sandbox);
        var containerId = await runtime.CreateContainerAsync(sandboxId, container, sandbox);
        await runtime.StartContainerAsync(containerId);
        var taken = clock.Elapsed.TotalMilliseconds;
        await runtime.StopPodSandboxAsync(sandboxId);
        await runtime.RemovePodSandboxAsync(sandboxId);
        return taken;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
