using System.Diagnostics;
using Berth.Api;
using Berth.Api.Coordination.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Node.Tests.Runtime;
using ApiNode = Berth.Api.Core.V1.Node;

namespace Berth.Node.Tests.Agent;

/// <summary>The node agent with a real API server and a real containerd.</summary>
public sealed class NodeAgentTests(ContainerdFixture fixture)
{
    private const string Forever = "trap 'exit 0' TERM; echo started; while true; do sleep 0.1; done";

    [Fact]
    public async Task Agent_AtStart_RegistersItsNodeAndLease()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);

        var node = await cluster.Client.GetAsync<ApiNode>(null, NodeCluster.NodeName);
        Assert.Equal("True", node.Status.Conditions.Single(c => c.Type == "Ready").Status);
        Assert.Equal(NodeCluster.NodeName, node.Metadata.Labels["kubernetes.io/hostname"]);
        Assert.True(node.Status.Capacity["cpu"].Value > 0 && node.Status.Capacity["memory"] > node.Status.Allocatable["memory"]);
        Assert.Equal(fixture.Options.PodCidrs[0], node.Spec.PodCIDR);
        Assert.StartsWith("containerd://", node.Status.NodeInfo.ContainerRuntimeVersion);
        Assert.Contains(node.Status.Images, i => i.Names.Any(n => n.Contains("busybox", StringComparison.Ordinal)));
        var lease = await cluster.Client.GetAsync<Lease>("kube-node-lease", NodeCluster.NodeName);
        Assert.Equal(NodeCluster.NodeName, lease.Spec.HolderIdentity);
    }

    [Fact]
    public async Task Pod_FromCreateToDelete_RunsReportsAndGoes()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        var watch = Stopwatch.StartNew();
        await cluster.Client.CreateAsync(NodeCluster.Pod("simple", Forever));

        var pod = await cluster.RunningAsync("simple");
        TestContext.Current.TestOutputHelper?.WriteLine($"create to Ready {watch.ElapsedMilliseconds} ms");
        Assert.Equal("Running", pod.Status.Phase);
        Assert.Equal("BestEffort", pod.Status.QosClass);
        Assert.Equal("192.0.2.10", pod.Status.HostIP);
        Assert.StartsWith("10.199.", pod.Status.PodIP);
        Assert.NotNull(pod.Status.StartTime);
        var status = Assert.Single(pod.Status.ContainerStatuses);
        Assert.True(status is { Ready: true, Started: true, RestartCount: 0 });
        Assert.NotNull(status.State.Running);
        Assert.All((string[])["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"], type => Assert.Equal("True", pod.Status.Conditions.Single(c => c.Type == type).Status));
        await cluster.LogShowsAsync("simple", "started");

        watch.Restart();
        await cluster.Client.DeleteAsync<Pod>("default", "simple");
        await cluster.WaitAsync("simple", p => p is null, "to be gone");
        TestContext.Current.TestOutputHelper?.WriteLine($"delete to gone {watch.ElapsedMilliseconds} ms");
        Assert.False(Directory.Exists(Path.Combine(cluster.Options.PodsDirectory, pod.Metadata.Uid)));
    }

    [Fact]
    public async Task Pod_ThatEnds_SucceedsOrFailsWithCodeAndMessage()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("good", "echo done > /dev/termination-log", spec: s => s with { RestartPolicy = "Never" }));
        await cluster.Client.CreateAsync(NodeCluster.Pod("bad", "echo because; exit 3", c => c with { TerminationMessagePolicy = "FallbackToLogsOnError" }, s => s with { RestartPolicy = "Never" }));

        var good = await cluster.WaitAsync("good", p => p?.Status.Phase == "Succeeded", "Succeeded");
        Assert.Equal((0, "Completed", "done\n"), Ended(good));
        var bad = await cluster.WaitAsync("bad", p => p?.Status.Phase == "Failed", "Failed");
        Assert.Equal((3, "Error", "because\n"), Ended(bad));
    }

    [Fact]
    public async Task Container_ThatCrashes_IsRestartedAtOnceAndThenBacksOff()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("crash", "exit 1"));

        var pod = await cluster.WaitAsync("crash", p => p?.Status.ContainerStatuses.FirstOrDefault()?.State.Waiting?.Reason == "CrashLoopBackOff", "CrashLoopBackOff");
        var status = pod.Status.ContainerStatuses[0];
        Assert.Equal(1, status.RestartCount);
        Assert.Equal(1, status.LastState.Terminated?.ExitCode);
        Assert.StartsWith("back-off 10s restarting failed container=main", status.State.Waiting!.Message);
        Assert.Equal("Running", pod.Status.Phase);
    }

    [Fact]
    public async Task InitContainersAndSidecar_RunInOrderAndStopLast()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        var pod = NodeCluster.Pod("ordered", "cat /work/order; trap 'exit 0' TERM; while true; do sleep 0.1; done", Mount, s => s with
        {
            InitContainers =
            [
                Mount(NodeCluster.Pod("x", "echo one >> /work/order").Spec.Containers[0] with { Name = "one" }),
                Mount(NodeCluster.Pod("x", "echo side >> /work/order; trap 'exit 0' TERM; while true; do sleep 0.1; done").Spec.Containers[0] with
                {
                    Name = "side",
                    RestartPolicy = "Always",
                    StartupProbe = new Probe { Exec = new ExecAction { Command = ["grep", "side", "/work/order"] }, PeriodSeconds = 1, FailureThreshold = 30, TimeoutSeconds = 5 },
                }),
                Mount(NodeCluster.Pod("x", "echo two >> /work/order").Spec.Containers[0] with { Name = "two" }),
            ],
            Volumes = [new Volume { Name = "work", EmptyDir = new EmptyDirVolumeSource() }],
        });
        await cluster.Client.CreateAsync(pod);

        var running = await cluster.RunningAsync("ordered");
        Assert.Equal("one\nside\ntwo\n", await cluster.LogsAsync("ordered"));
        Assert.Equal([0, 0], running.Status.InitContainerStatuses.Where(s => s.Name != "side").Select(s => s.State.Terminated?.ExitCode ?? -1));
        Assert.NotNull(running.Status.InitContainerStatuses.Single(s => s.Name == "side").State.Running);
        await cluster.Client.DeleteAsync<Pod>("default", "ordered");
        await cluster.WaitAsync("ordered", p => p is null, "to be gone");
    }

    [Fact]
    public async Task Agent_Restarted_AdoptsWhatRuns()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("kept", Forever));
        var before = await cluster.RunningAsync("kept");

        await cluster.StopAgentAsync();
        Assert.Contains(await fixture.Client.ListContainersAsync(), c => before.Status.ContainerStatuses[0].ContainerID.EndsWith(c.Id, StringComparison.Ordinal) && c.State == Node.Cri.V1.ContainerState.ContainerRunning);
        await cluster.StartAgentAsync();

        var after = await cluster.RunningAsync("kept");
        Assert.Equal(before.Status.ContainerStatuses[0].ContainerID, after.Status.ContainerStatuses[0].ContainerID);
        Assert.Equal(before.Status.PodIP, after.Status.PodIP);
        await cluster.Client.DeleteAsync<Pod>("default", "kept");
        await cluster.WaitAsync("kept", p => p is null, "to be gone");
    }

    [Fact]
    public async Task Volumes_OfConfigMapSecretAndDownwardApi_ShowTheirContentAndChange()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "settings", Namespace = "default" }, Data = ApiMap.Of(("color", "blue")) });
        await cluster.Client.CreateAsync(new Secret { Metadata = new ObjectMeta { Name = "key", Namespace = "default" }, Type = "Opaque", Data = new Dictionary<string, ByteString> { ["token"] = ByteString.FromUtf8("s3cret") }.ToApiMap() });
        var pod = NodeCluster.Pod(
            "volumes",
            "cat /cm/color /sec/token /down/name; echo; echo $COLOR $POD $GREETING; until grep -q red /cm/color; do sleep 0.1; done; echo changed; trap 'exit 0' TERM; while true; do sleep 0.1; done",
            c => c with
            {
                Env =
                [
                    new EnvVar { Name = "COLOR", ValueFrom = new EnvVarSource { ConfigMapKeyRef = new ConfigMapKeySelector { Name = "settings", Key = "color" } } },
                    new EnvVar { Name = "POD", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "metadata.name" } } },
                    new EnvVar { Name = "GREETING", Value = "hello-$(POD)" },
                ],
                VolumeMounts = [new VolumeMount { Name = "cm", MountPath = "/cm" }, new VolumeMount { Name = "sec", MountPath = "/sec" }, new VolumeMount { Name = "down", MountPath = "/down" }],
            },
            s => s with
            {
                Volumes =
                [
                    new Volume { Name = "cm", ConfigMap = new ConfigMapVolumeSource { Name = "settings" } },
                    new Volume { Name = "sec", Secret = new SecretVolumeSource { SecretName = "key" } },
                    new Volume { Name = "down", DownwardAPI = new DownwardAPIVolumeSource { Items = [new DownwardAPIVolumeFile { Path = "name", FieldRef = new ObjectFieldSelector { FieldPath = "metadata.name" } }] } },
                ],
            });
        await cluster.Client.CreateAsync(pod);
        await cluster.RunningAsync("volumes");
        await EventuallyAsync(async () => (await cluster.LogsAsync("volumes")) == "blues3cretvolumes\nblue volumes hello-volumes\n", () => cluster.LogsAsync("volumes"));

        var map = await cluster.Client.GetAsync<ConfigMap>("default", "settings");
        await cluster.Client.UpdateAsync(map with { Data = ApiMap.Of(("color", "red")) });
        await EventuallyAsync(async () => (await cluster.LogsAsync("volumes")).EndsWith("changed\n", StringComparison.Ordinal), () => cluster.LogsAsync("volumes"));
    }

    [Fact]
    public async Task LivenessProbe_ThatFails_RestartsTheContainer()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("alive", Forever, c => c with
        {
            LivenessProbe = new Probe { Exec = new ExecAction { Command = ["false"] }, PeriodSeconds = 1, FailureThreshold = 1, TimeoutSeconds = 5, SuccessThreshold = 1 },
        }));

        await cluster.WaitAsync("alive", p => p?.Status.ContainerStatuses.FirstOrDefault()?.RestartCount >= 1, "a restart");
        await EventuallyAsync(
            async () => (await cluster.Client.ListAsync<Event>("default")).Items.Any(e => e.Reason == "Killing" && e.Message == "Container main failed liveness probe, will be restarted"),
            async () => string.Join('\n', (await cluster.Client.ListAsync<Event>("default")).Items.Select(e => e.Reason + " " + e.Message)));
    }

    private static Container Mount(Container container) => container with { VolumeMounts = [new VolumeMount { Name = "work", MountPath = "/work" }] };

    private static (int, string, string) Ended(Pod pod) => pod.Status.ContainerStatuses[0].State.Terminated is { } t ? (t.ExitCode, t.Reason, t.Message) : (-1, "", "");

    private static async Task EventuallyAsync(Func<Task<bool>> holds, Func<Task<string>> state)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (!await holds())
        {
            if (DateTimeOffset.UtcNow > deadline) Assert.Fail("not so within 60 s; it is: " + await state());
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
