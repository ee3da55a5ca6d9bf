using System.Text.Json;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Node.Tests.Runtime;

namespace Berth.Node.Tests.Agent;

/// <summary>What a pod's description asks for, as seen from inside the container.</summary>
public sealed class PodFeatureTests(ContainerdFixture fixture)
{
    private const string Forever = "trap 'exit 0' TERM; while true; do sleep 0.1; done";

    [Fact]
    public async Task SecurityAndVolumes_AsDescribed_AreSeenInside()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        var script = "id -u; id -g; id -G | tr ' ' '\\n' | grep 2000; touch /data/mine && stat -c %g /data/mine; ls /part; echo x 2>/dev/null > /root-file || echo read-only; grep CapEff /proc/self/status | tr -d '\\t'; hostname; grep -c search /etc/resolv.conf; grep 10.96.0.10 /etc/resolv.conf; grep extra /etc/hosts; mount | grep -c '/mem type tmpfs'";
        await cluster.Client.CreateAsync(NodeCluster.Pod("secure", script, c => c with
        {
            SecurityContext = new SecurityContext { RunAsUser = 1000, RunAsGroup = 1001, ReadOnlyRootFilesystem = true, AllowPrivilegeEscalation = false, Capabilities = new Capabilities { Drop = ["ALL"] } },
            VolumeMounts =
            [
                new VolumeMount { Name = "data", MountPath = "/data" },
                new VolumeMount { Name = "data", MountPath = "/part", SubPathExpr = "sub/$(NAME)" },
                new VolumeMount { Name = "mem", MountPath = "/mem" },
            ],
            Env = [new EnvVar { Name = "NAME", Value = "here" }],
        }, s => s with
        {
            RestartPolicy = "Never",
            Hostname = "own-name",
            SecurityContext = new PodSecurityContext { FsGroup = 2000 },
            HostAliases = [new HostAlias { Ip = "192.0.2.77", Hostnames = ["extra"] }],
            Volumes = [new Volume { Name = "data", EmptyDir = new EmptyDirVolumeSource() }, new Volume { Name = "mem", EmptyDir = new EmptyDirVolumeSource { Medium = "Memory", SizeLimit = Quantity.Parse("1Mi") } }],
        }));

        await cluster.WaitAsync("secure", p => p?.Status.Phase is "Succeeded" or "Failed", "an end");
        Assert.Equal(
            "1000\n1001\n2000\n2000\nread-only\nCapEff:0000000000000000\nown-name\n1\nnameserver 10.96.0.10\n192.0.2.77\textra\n1\n",
            await cluster.LogsAsync("secure"));
    }

    [Fact]
    public async Task Resources_OfPod_BoundItsCgroup()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("sized", Forever, c => c with
        {
            Resources = new ResourceRequirements
            {
                Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("50m"), ["memory"] = Quantity.Parse("16Mi") }.ToApiMap(),
                Limits = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("100m"), ["memory"] = Quantity.Parse("32Mi") }.ToApiMap(),
            },
        }));

        var pod = await cluster.RunningAsync("sized");
        Assert.Equal("Burstable", pod.Status.QosClass);
        var hierarchy = Berth.Linux.Cgroups.CgroupHierarchy.Detect();
        var cgroup = $"{cluster.Options.CgroupRoot}/burstable/pod{pod.Metadata.Uid}";
        var memory = hierarchy.ControllerRoots["memory"] + cgroup;
        Assert.Equal((32 << 20).ToString(), (await File.ReadAllTextAsync(Path.Combine(memory, hierarchy.IsUnified ? "memory.max" : "memory.limit_in_bytes"), TestContext.Current.CancellationToken)).Trim());
        using var http = new HttpClient();
        using var summary = JsonDocument.Parse(await http.GetStringAsync($"http://127.0.0.1:{cluster.Options.Server!.Port}/stats/summary", TestContext.Current.CancellationToken));
        var stats = summary.RootElement.GetProperty("pods").EnumerateArray().Single(p => p.GetProperty("podRef").GetProperty("name").GetString() == "sized");
        Assert.True(stats.GetProperty("memory").GetProperty("workingSetBytes").GetInt64() > 0);
        Assert.Equal("main", stats.GetProperty("containers")[0].GetProperty("name").GetString());
        Assert.True(stats.GetProperty("network").GetProperty("rxBytes").GetInt64() >= 0);
        Assert.True(stats.GetProperty("ephemeral-storage").GetProperty("capacityBytes").GetInt64() > 0);
        var metrics = await http.GetStringAsync($"http://127.0.0.1:{cluster.Options.Server!.Port}/metrics/cadvisor", TestContext.Current.CancellationToken);
        Assert.Matches("container_memory_working_set_bytes\\{container=\"main\",id=\"[^\"]+\",image=\"berth.local/busybox:1\",name=\"[0-9a-f]+\",namespace=\"default\",pod=\"sized\"\\} [1-9]", metrics);
        Assert.Matches("container_spec_memory_limit_bytes\\{container=\"main\".*\\} 33554432 ", metrics);
        Assert.Matches("container_network_receive_bytes_total\\{interface=\"eth0\",container=\"\".*pod=\"sized\"\\} ", metrics);
    }

    [Fact]
    public async Task ImageVolume_OfALocalImage_IsSeenReadOnly()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("looks", "test -x /image/bin/busybox && echo there; test -e /part/busybox && echo part; echo x 2>/dev/null > /image/new || echo read-only", c => c with
        {
            VolumeMounts = [new VolumeMount { Name = "image", MountPath = "/image" }, new VolumeMount { Name = "image", MountPath = "/part", SubPath = "bin" }],
        }, s => s with
        {
            RestartPolicy = "Never",
            Volumes = [new Volume { Name = "image", Image = new ImageVolumeSource { Reference = Berth.Node.Images.LocalImages.BusyboxName, PullPolicy = "IfNotPresent" } }],
        }));

        await cluster.WaitAsync("looks", p => p?.Status.Phase is "Succeeded" or "Failed", "an end");
        Assert.Equal("there\npart\nread-only\n", await cluster.LogsAsync("looks"));
    }

    [Fact]
    public async Task ImageVolume_ThatCannotBeHad_IsTheWaitingReason()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("blind", Forever, c => c with { VolumeMounts = [new VolumeMount { Name = "image", MountPath = "/image" }] }, s => s with
        {
            Volumes = [new Volume { Name = "image", Image = new ImageVolumeSource { Reference = "berth.local/absent:1", PullPolicy = "Never" } }],
        }));

        await cluster.WaitAsync("blind", p => p?.Status.ContainerStatuses.FirstOrDefault()?.State.Waiting?.Reason == "ErrImageNeverPull", "ErrImageNeverPull");
    }

    [Theory]
    [InlineData("berth.local/absent:1", "Never", "ErrImageNeverPull")]
    [InlineData("127.0.0.1:1/absent:1", "IfNotPresent", "ImagePullBackOff")]
    [InlineData("Not An Image", "IfNotPresent", "InvalidImageName")]
    public async Task Image_ThatCannotBeHad_IsTheWaitingReason(string image, string policy, string reason)
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("imageless", Forever, c => c with { Image = image, ImagePullPolicy = policy }));

        var pod = await cluster.WaitAsync("imageless", p => p?.Status.ContainerStatuses.FirstOrDefault()?.State.Waiting?.Reason == reason, reason);
        Assert.Equal("Pending", pod.Status.Phase);
    }

    [Fact]
    public async Task Container_ThatNamesNoSuchProgram_FailsToStart()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("programless", "", c => c with { Command = ["/no/such/program"] }, s => s with { RestartPolicy = "Never" }));

        var pod = await cluster.WaitAsync("programless", p => p?.Status.Phase == "Failed", "Failed");
        var ended = pod.Status.ContainerStatuses[0].State.Terminated!;
        Assert.Equal(("StartError", 128), (ended.Reason, ended.ExitCode));
    }

    [Fact]
    public async Task Environment_WithoutItsConfigMap_IsAConfigErrorUntilItIsThere()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("needy", "echo $COLOR;" + Forever, c => c with { EnvFrom = [new EnvFromSource { ConfigMapRef = new ConfigMapEnvSource { Name = "later" } }] }));
        var pod = await cluster.WaitAsync("needy", p => p?.Status.ContainerStatuses.FirstOrDefault()?.State.Waiting?.Reason == "CreateContainerConfigError", "CreateContainerConfigError");
        Assert.Equal("configmap \"later\" not found", pod.Status.ContainerStatuses[0].State.Waiting!.Message);

        await cluster.Client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "later", Namespace = "default" }, Data = ApiMap.Of(("COLOR", "green")) });
        await cluster.RunningAsync("needy");
        await cluster.LogShowsAsync("needy", "green");
    }

    [Fact]
    public async Task Deadline_WhenPassed_FailsThePod()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("late", Forever, spec: s => s with { ActiveDeadlineSeconds = 2 }));

        var pod = await cluster.WaitAsync("late", p => p?.Status.Phase == "Failed", "Failed");
        Assert.Equal("DeadlineExceeded", pod.Status.Reason);
        Assert.NotNull(pod.Status.ContainerStatuses[0].State.Terminated);
    }

    [Fact]
    public async Task Pod_ThatDoesNotFit_IsRefused()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("huge", Forever, c => c with { Resources = new ResourceRequirements { Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("4000") }.ToApiMap() } }));
        await cluster.Client.CreateAsync(NodeCluster.Pod("elsewhere", Forever, spec: s => s with { NodeSelector = ApiMap.Of(("disk", "fast")) }));

        Assert.Equal("OutOfcpu", (await cluster.WaitAsync("huge", p => p?.Status.Phase == "Failed", "Failed")).Status.Reason);
        Assert.Equal("NodeAffinity", (await cluster.WaitAsync("elsewhere", p => p?.Status.Phase == "Failed", "Failed")).Status.Reason);
        await cluster.Client.DeleteAsync<Pod>("default", "huge");
        await cluster.WaitAsync("huge", p => p is null, "to be gone");
    }

    [Fact]
    public async Task Deletion_WithPreStop_RunsItWithinTheGraceAndThenKills()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        var directory = Directory.CreateDirectory(Path.Combine(cluster.DataDirectory, "seen")).FullName;
        await cluster.Client.CreateAsync(NodeCluster.Pod("stubborn", "trap '' TERM; while true; do sleep 0.1; done", c => c with
        {
            Lifecycle = new Api.Core.V1.Lifecycle
            {
                PostStart = new LifecycleHandler { Exec = new ExecAction { Command = ["sh", "-c", "echo start >> /seen/hooks"] } },
                PreStop = new LifecycleHandler { Exec = new ExecAction { Command = ["sh", "-c", "echo stop >> /seen/hooks"] } },
            },
            VolumeMounts = [new VolumeMount { Name = "seen", MountPath = "/seen" }],
        }, s => s with { TerminationGracePeriodSeconds = 3, Volumes = [new Volume { Name = "seen", HostPath = new HostPathVolumeSource { Path = directory, Type = "Directory" } }] }));
        await cluster.RunningAsync("stubborn");

        var watch = System.Diagnostics.Stopwatch.StartNew();
        await cluster.Client.DeleteAsync<Pod>("default", "stubborn");
        await cluster.WaitAsync("stubborn", p => p is null, "to be gone", 30);
        Assert.InRange(watch.Elapsed.TotalSeconds, 2, 20);
        Assert.Equal("start\nstop\n", await File.ReadAllTextAsync(Path.Combine(directory, "hooks"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task HttpReadiness_OfServingContainer_BecomesReadyAndThenNot()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("web", "mkdir /www; echo hello > /www/index.html; httpd -f -p 8080 -h /www & trap 'exit 0' TERM; wait", c => c with
        {
            Ports = [new ContainerPort { Name = "http", ContainerPortValue = 8080 }],
            ReadinessProbe = new Probe { HttpGet = new HTTPGetAction { Path = "/index.html", Port = "http" }, PeriodSeconds = 1, FailureThreshold = 1, SuccessThreshold = 1, TimeoutSeconds = 5 },
        }));
        await cluster.RunningAsync("web");

        var running = (await fixture.Client.ListContainersAsync()).Single(c => c.Labels["io.kubernetes.pod.name"] == "web" && c.State == Node.Cri.V1.ContainerState.ContainerRunning);
        await fixture.Client.ExecSyncAsync(running.Id, ["rm", "/www/index.html"], TimeSpan.FromSeconds(10));
        await cluster.WaitAsync("web", p => p?.Status.Conditions.Single(c => c.Type == "Ready").Status == "False", "not Ready");
    }

    [Fact]
    public async Task EphemeralContainer_AddedToRunningPod_RunsBesideIt()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("debugged", Forever));
        await cluster.RunningAsync("debugged");

        var patch = $$$"""{"spec":{"ephemeralContainers":[{"name":"debug","image":"{{{Berth.Node.Images.LocalImages.BusyboxName}}}","imagePullPolicy":"Never","command":["sh","-c","ls /proc | grep -c '^[0-9]'"],"targetContainerName":"main","terminationMessagePolicy":"File"}]}}""";
        await cluster.Client.PatchAsync<Pod>("default", "debugged", Berth.Client.Patch.Strategic(patch), "ephemeralcontainers");
        var pod = await cluster.WaitAsync("debugged", p => p?.Status.EphemeralContainerStatuses.FirstOrDefault()?.State.Terminated is not null, "an ended ephemeral container");
        Assert.Equal(0, pod.Status.EphemeralContainerStatuses[0].State.Terminated!.ExitCode);
        // Its own processes and the target's.
        Assert.True(int.Parse((await cluster.LogsAsync("debugged", "debug")).Trim(), System.Globalization.CultureInfo.InvariantCulture) >= 3);
        Assert.Equal("Running", pod.Status.Phase);
    }

    [Fact]
    public async Task IdleAgent_WithARunningPod_UsesHardlyAnyCpu()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("quiet", "trap 'exit 0' TERM; sleep 1000 & wait"));
        await cluster.RunningAsync("quiet");

        using var self = System.Diagnostics.Process.GetCurrentProcess();
        // Start-up work settles first, and the compiler's second thoughts about it.
        for (var windows = 0; await UsedAsync(self, TimeSpan.FromSeconds(2)) > TimeSpan.FromMilliseconds(50); windows++)
            Assert.True(windows < 20, "the process did not come to rest in 40 s");
        var used = await UsedAsync(self, TimeSpan.FromSeconds(10));
        TestContext.Current.TestOutputHelper?.WriteLine($"{used.TotalMilliseconds:0} ms of CPU in 10 s");
        Assert.True(used < TimeSpan.FromMilliseconds(500), $"{used.TotalMilliseconds:0} ms of CPU in 10 s");
    }

    private static async Task<TimeSpan> UsedAsync(System.Diagnostics.Process self, TimeSpan window)
    {
        self.Refresh();
        var before = self.TotalProcessorTime;
        await Task.Delay(window, TestContext.Current.CancellationToken);
        self.Refresh();
        return self.TotalProcessorTime - before;
    }

    [Fact]
    public async Task OrphanedPod_DeletedWhileTheAgentWasAway_IsTakenAway()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("orphan", Forever));
        var pod = await cluster.RunningAsync("orphan");
        await cluster.StopAgentAsync();
        await cluster.Client.DeleteAsync<Pod>("default", "orphan", new DeleteOptions { GracePeriodSeconds = 0 });

        await cluster.StartAgentAsync();
        var deadline = DateTimeOffset.UtcNow.AddSeconds(30);
        while (Directory.Exists(Path.Combine(cluster.Options.PodsDirectory, pod.Metadata.Uid)) || (await fixture.Client.ListPodSandboxAsync()).Any(s => s.Metadata.Uid == pod.Metadata.Uid))
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, "the orphan is still there after 30 s");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
