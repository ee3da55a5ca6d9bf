using System.Diagnostics;
using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Transport;
using Berth.Node.Images;
using Berth.Node.Runtime;

namespace Berth.TailLatency.Bench;

/// <summary>
/// The same pods twice, on a node without and on one with a static CPU policy. The service is Guaranteed with one CPU; the
/// neighbours asked for nothing and take what they can get.
/// </summary>
internal sealed class Measurement(string binary, string dotnet, int seconds, int neighbours)
{
    public const string Default = "neighbours, default placement";
    public const string Exclusive = "neighbours, exclusive cores";

    /// <summary>How the service waits for its next request.</summary>
    public const string Sleeping = "sleeping";
    public const string Polling = "polling";

    private const string Namespace = "default";
    private const int Starts = 12;

    // Not 0: the object would be gone before its CPU is free, and the next pod be refused.
    private const long EndSeconds = 1;

    // Of the kinds that disturb: the arithmetic, the copying, and those that make processes.
    private static readonly string[] s_noise =
    [
        "i=0; while true; do i=$((i+1)); done",
        "while true; do dd if=/dev/zero of=/dev/null bs=4M count=256 2>/dev/null; done",
        "while true; do /bin/busybox true; done",
    ];

    private readonly string _data = Directory.CreateTempSubdirectory("berth-tail-").FullName;

    // A data directory holds Berth's own things alone.
    private readonly string _settings = Directory.CreateTempSubdirectory("berth-tail-settings-").FullName;

    /// <summary>Median milliseconds from a pod's creation to its Running, on the same node in turn.</summary>
    public double PinnedStart { get; private set; }

    public double SharedStart { get; private set; }

    public async Task<IReadOnlyList<Result>> RunAsync()
    {
        var results = new List<Result>();
        try
        {
            await UpAsync([]);
            results.AddRange(await ServeAsync("alone, default placement", 0));
            results.AddRange(await ServeAsync(Default, neighbours));
            await BerthAsync("down", "--purge", "--data-dir", _data);

            Directory.CreateDirectory(_data);
            var configuration = Path.Combine(_settings, "node.yaml");
            File.WriteAllText(configuration, "kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\ncpuManagerPolicy: static\nreservedSystemCPUs: \"0\"\n");
            await UpAsync(["--node-config", configuration]);
            results.AddRange(await ServeAsync(Exclusive, neighbours));
            await StartsAsync();
        }
        finally
        {
            Directory.Delete(_settings, recursive: true);
            await BerthAsync("down", "--purge", "--data-dir", _data);
        }

        return results;
    }

    private async Task UpAsync(IReadOnlyList<string> more)
    {
        await BerthAsync(["up", "-d", "--listen", "127.0.0.1:25656", "--pod-cidr", "10.69.0.0/16", "--service-cidr", "10.70.0.0/16", "--data-dir", _data, .. more]);
        using var runtime = await RunningContainerd.OpenAsync(_data, TimeProvider.System);
        await runtime.Importer.ImportAsync(await LocalImages.BusyboxAsync());
    }

    private async Task<IReadOnlyList<Result>> ServeAsync(string name, int noisy)
    {
        var (client, http) = Kubeconfig.Load(Path.Combine(_data, "admin.kubeconfig")).Connect("berth-bench");
        using (http)
        {
            await foreach (var _ in client.WatchAsync<ServiceAccount>(Namespace, new ListOptions { FieldSelector = "metadata.name=default" }))
                break;
            for (var i = 0; i < noisy; i++)
                await RunningAsync(client, Pod(string.Create(CultureInfo.InvariantCulture, $"noisy-{i}"), ["sh", "-c", s_noise[i % s_noise.Length]], null));
            var shared = Directory.CreateDirectory(Path.Combine(_data, "tail-latency")).FullName;
            var file = Path.Combine(shared, "times");
            foreach (var waits in (string[])[Sleeping, Polling])
                File.Delete($"{file}.{waits}");
            var program = Path.GetDirectoryName(Environment.ProcessPath)!;
            // The machine's own .NET runs in the pod: no image has to be fetched.
            var service = Pod("service", ["/dotnet/dotnet", "/bench/Berth.TailLatency.Bench.dll", "serve", "/shared/times", seconds.ToString(CultureInfo.InvariantCulture)], "1");
            (string Host, string There)[] mounts = [(dotnet, "/dotnet"), (program, "/bench"), (shared, "/shared"), ("/lib", "/lib"), ("/lib64", "/lib64"), ("/usr/lib", "/usr/lib")];
            var container = service.Spec.Containers[0] with
            {
                VolumeMounts = mounts.Select((m, i) => new VolumeMount { Name = $"m{i}", MountPath = m.There, ReadOnly = m.There != "/shared" }).ToApiList(),
                Env = [new EnvVar { Name = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", Value = "1" }, new EnvVar { Name = "DOTNET_gcConcurrent", Value = "0" }, new EnvVar { Name = "DOTNET_ROOT", Value = "/dotnet" }],
            };
            service = service with { Spec = service.Spec with { Containers = [container], Volumes = mounts.Select((m, i) => new Volume { Name = $"m{i}", HostPath = new HostPathVolumeSource { Path = m.Host } }).ToApiList() } };
            await RunningAsync(client, service);
            List<Result> results = [];
            foreach (var waits in (string[])[Sleeping, Polling])
            {
                var (clock, stolen) = (Stopwatch.StartNew(), StolenSeconds());
                while (!File.Exists($"{file}.{waits}"))
                {
                    if (clock.Elapsed > TimeSpan.FromSeconds(seconds + 180))
                        throw new TimeoutException($"the service did not end within {clock.Elapsed}");
                    await Task.Delay(250);
                }

                var times = File.ReadLines($"{file}.{waits}").Select(l => double.Parse(l, CultureInfo.InvariantCulture)).ToList();
                results.Add(new Result(name, waits, times, (StolenSeconds() - stolen) / (clock.Elapsed.TotalSeconds * Environment.ProcessorCount)));
            }

            await client.DeleteAsync<Pod>(Namespace, "service", new DeleteOptions { GracePeriodSeconds = EndSeconds });
            for (var i = 0; i < noisy; i++)
                await client.DeleteAsync<Pod>(Namespace, string.Create(CultureInfo.InvariantCulture, $"noisy-{i}"), new DeleteOptions { GracePeriodSeconds = EndSeconds });
            while ((await client.ListAsync<Pod>(Namespace)).Items.Count > 0)
                await Task.Delay(250);
            return results;
        }
    }

    private async Task StartsAsync()
    {
        var (client, http) = Kubeconfig.Load(Path.Combine(_data, "admin.kubeconfig")).Connect("berth-bench");
        using (http)
        {
            List<double> pinned = [], shared = [];
            // One of each in turn, so that both meet the same load; the first of each warms caches.
            for (var i = 0; i <= Starts; i++)
            {
                foreach (var (times, cpu) in ((List<double>, string)[])[(shared, "900m"), (pinned, "1")])
                {
                    var name = string.Create(CultureInfo.InvariantCulture, $"start-{i}-{(cpu == "1" ? "pinned" : "shared")}");
                    var taken = await RunningAsync(client, Pod(name, ["sleep", "3600"], cpu));
                    await client.DeleteAsync<Pod>(Namespace, name, new DeleteOptions { GracePeriodSeconds = EndSeconds });
                    while ((await client.ListAsync<Pod>(Namespace)).Items.Count > 0)
                        await Task.Delay(100);
                    if (i > 0)
                        times.Add(taken);
                }
            }

            PinnedStart = pinned.Order().ElementAt(pinned.Count / 2);
            SharedStart = shared.Order().ElementAt(shared.Count / 2);
        }
    }

    /// <summary>That a virtual machine's host kept all its CPUs waiting, since it started.</summary>
    private static double StolenSeconds() => double.Parse(File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[8], CultureInfo.InvariantCulture) / 100;

    private static async Task<double> RunningAsync(ClusterClient client, Pod pod)
    {
        var clock = Stopwatch.StartNew();
        var made = await client.CreateAsync(pod);
        await foreach (var change in client.WatchAsync<Pod>(Namespace, new ListOptions { FieldSelector = "metadata.name=" + pod.Metadata.Name, ResourceVersion = made.Metadata.ResourceVersion }))
        {
            if (change.Object.Status.Phase == "Running")
                return clock.Elapsed.TotalMilliseconds;
            if (change.Object.Status.Phase == "Failed")
                throw new InvalidOperationException($"pod {pod.Metadata.Name} failed: {change.Object.Status.Reason} {change.Object.Status.Message}");
        }

        throw new InvalidOperationException($"pod {pod.Metadata.Name} was never Running");
    }

    /// <param name="cpu">Guaranteed with this much; null asks for nothing.</param>
    private static Pod Pod(string name, ApiList<string> command, string? cpu)
    {
        var amounts = cpu is null ? [] : ApiMap<Quantity>.Empty.With("cpu", Quantity.Parse(cpu)).With("memory", Quantity.Parse("192Mi"));
        return new Pod
        {
            Metadata = new ObjectMeta { Name = name, Namespace = Namespace },
            Spec = new PodSpec
            {
                AutomountServiceAccountToken = false,
                RestartPolicy = "Never",
                Containers = [new Container { Name = "main", Image = LocalImages.BusyboxName, Command = command, Resources = new ResourceRequirements { Requests = amounts, Limits = amounts } }],
            },
        };
    }

    private async Task BerthAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(binary, arguments) { RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"berth {arguments[0]}: exit code {process.ExitCode}\n{said}");
    }
}
