using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Client.Metadata;
using Berth.Controllers;
using Berth.Csi.LoopDriver;
using Berth.Linux.Mounts;
using Berth.Node.Tests.Agent;
using Berth.Node.Tests.Runtime;
using Berth.Scheduler;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Node.Tests.Volumes;

/// <summary>A node agent with all controllers and the scheduler, and the loop driver when it is asked for.</summary>
public sealed class VolumeCluster : IAsyncDisposable
{
    public const string Driver = "loop.csi.berth.dev";
    public const string Class = "loop";

    private readonly CancellationTokenSource _stop = new();
    private readonly List<EventRecorder> _recorders = [];
    private readonly List<Task> _running = [];
    private readonly IReadOnlyList<Controller> _controllers;
    private readonly PodScheduler _scheduler;

    private VolumeCluster(NodeCluster node)
    {
        Node = node;
        var informers = new InformerFactory(node.Client);
        _controllers = ControllerSet.Create(new ControllerContext(node.Client, informers, TimeProvider.System, NullLoggerFactory.Instance, Recorder)
        {
            Metadata = new MetadataClient(node.Http, new Uri("http://localhost/"), "test"),
            RootCertificates = "",
        });
        var scheduling = new InformerFactory(node.Client);
        _scheduler = new PodScheduler(scheduling, Recorder("default-scheduler"), TimeProvider.System, NullLogger.Instance);
        _running.Add(informers.RunAsync(_stop.Token));
        _running.Add(scheduling.RunAsync(_stop.Token));
        _running.AddRange(_controllers.Select(c => c.RunAsync(_stop.Token)));
        _running.Add(_scheduler.RunAsync(_stop.Token));
    }

    public NodeCluster Node { get; }

    public IClusterClient Client => Node.Client;

    public LoopDriver? Loop { get; private set; }

    public static async Task<VolumeCluster> StartAsync(ContainerdFixture fixture) => new(await NodeCluster.StartAsync(fixture));

    /// <summary>Starts the driver, waits until the agent has it, and makes its CSIDriver and class.</summary>
    public async Task StartDriverAsync(Func<CSIDriverSpec, CSIDriverSpec>? spec = null, Func<DriverOptions, DriverOptions>? options = null)
    {
        var chosen = new DriverOptions
        {
            Name = Driver,
            NodeName = NodeCluster.NodeName,
            StateDirectory = Path.Combine(Node.DataDirectory, "loop-state"),
            Socket = Path.Combine(Node.Options.PluginRoot, "plugins", Driver, "csi.sock"),
            RegistryDirectory = Path.Combine(Node.Options.PluginRoot, "plugins_registry"),
        };
        Loop = new LoopDriver(options?.Invoke(chosen) ?? chosen, Client);
        await Loop.StartAsync();
        Assert.Equal("", await Loop.Registration.Answer.WaitAsync(TimeSpan.FromSeconds(60)));
        var described = new CSIDriverSpec { AttachRequired = true, PodInfoOnMount = true, VolumeLifecycleModes = ["Persistent", "Ephemeral"] };
        await EnsureAsync(new CSIDriver { Metadata = new() { Name = Driver }, Spec = spec?.Invoke(described) ?? described });
        await EnsureAsync(new StorageClass
        {
            Metadata = new() { Name = Class },
            Provisioner = Driver,
            VolumeBindingMode = "WaitForFirstConsumer",
            ReclaimPolicy = "Delete",
            AllowVolumeExpansion = true,
        });
    }

    public async Task StopDriverAsync()
    {
        if (Loop is { } loop)
            await loop.DisposeAsync();
        Loop = null;
    }

    public Task<PersistentVolumeClaim> ClaimAsync(string name, string size = "32Mi", string @class = Class, string mode = "Filesystem", string access = "ReadWriteOnce") =>
        Client.CreateAsync(new PersistentVolumeClaim
        {
            Metadata = new() { Name = name, Namespace = "default" },
            Spec = new PersistentVolumeClaimSpec
            {
                AccessModes = [access],
                StorageClassName = @class,
                VolumeMode = mode,
                Resources = new VolumeResourceRequirements { Requests = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse(size)) },
            },
        });

    /// <summary>A pod that the scheduler places, with a claim's volume at /data, or as the device /dev/data.</summary>
    public static Pod PodWith(string name, string script, Volume volume, bool block = false, Func<PodSpec, PodSpec>? spec = null) => NodeCluster.Pod(
        name,
        script,
        c => block
            ? c with { VolumeDevices = [new VolumeDevice { Name = volume.Name, DevicePath = "/dev/data" }] }
            : c with { VolumeMounts = [new VolumeMount { Name = volume.Name, MountPath = "/data" }] },
        s => (spec?.Invoke(s) ?? s) with { NodeName = "", SchedulerName = "default-scheduler", Volumes = [volume] });

    public static Volume ClaimVolume(string claim, bool readOnly = false) =>
        new() { Name = "data", PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = claim, ReadOnly = readOnly } };

    /// <summary>Runs a pod to its end and gives back what it printed.</summary>
    public async Task<string> RunAsync(Pod pod)
    {
        var name = pod.Metadata.Name;
        await Client.CreateAsync(pod with { Spec = pod.Spec with { RestartPolicy = "Never" } });
        var ended = await Node.WaitAsync(name, p => p?.Status.Phase is "Succeeded" or "Failed", "an end");
        var logs = await Node.LogsAsync(name);
        Assert.True(ended.Status.Phase == "Succeeded", $"pod {name} failed: {logs}");
        return logs;
    }

    public async Task RemoveAsync(string pod)
    {
        await Client.DeleteAsync<Pod>("default", pod);
        await Node.WaitAsync(pod, p => p is null, "gone");
    }

    /// <summary>The object once it is as asked; null stands for "gone".</summary>
    public async Task<T?> EventuallyAsync<T>(string name, Func<T?, bool> condition, string what)
        where T : class, IApiObject<T>
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (true)
        {
            T? last = null;
            try
            {
                last = await Client.GetAsync<T>(T.Kind.Namespaced ? "default" : null, name);
            }
            catch (ApiException error) when (error.IsNotFound)
            {
                // As null.
            }

            if (condition(last))
                return last;
            if (DateTimeOffset.UtcNow > deadline)
                Assert.Fail($"{T.Kind.Kind} {name}: expected {what}, got {(last is null ? "nothing" : System.Text.Encoding.UTF8.GetString(ApiJson.Serialize(last)))}\n{await EventsAsync()}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async Task<string> EventAsync(string about, string reason)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (true)
        {
            var events = await Client.ListAsync<Event>("default");
            if (events.Items.FirstOrDefault(e => e.InvolvedObject.Name == about && e.Reason == reason) is { } found)
                return found.Message;
            if (DateTimeOffset.UtcNow > deadline)
                Assert.Fail($"no event {reason} about {about}\n{await EventsAsync()}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var controller in _controllers)
            controller.Dispose();
        _scheduler.Dispose();
        foreach (var recorder in _recorders)
            await recorder.DisposeAsync();
        await Node.DisposeAsync();
        await StopDriverAsync();
        Mount.UnmountAllUnder(Node.DataDirectory);
        if (Directory.Exists(Path.Combine(Node.DataDirectory, "loop-state", "volumes")))
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Node.DataDirectory, "loop-state", "volumes")))
                await Berth.Csi.LoopDriver.NodePart.LoopDevice.ReleaseAsync(file, CancellationToken.None);
        }
    }

    private async Task<string> EventsAsync() =>
        string.Join('\n', (await Client.ListAsync<Event>("default")).Items.Select(e => $"{e.InvolvedObject.Kind} {e.InvolvedObject.Name}: {e.Type} {e.Reason}: {e.Message}"));

    private async Task EnsureAsync<T>(T value)
        where T : class, IApiObject<T>
    {
        try
        {
            await Client.CreateAsync(value);
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            // A driver that starts again.
        }
    }

    private EventRecorder Recorder(string component)
    {
        var recorder = new EventRecorder(Client, component);
        _recorders.Add(recorder);
        return recorder;
    }
}
