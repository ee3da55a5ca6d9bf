using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Csi.LoopDriver.NodePart;
using Berth.Linux.Mounts;
using Berth.Node.Tests.Agent;
using Berth.Node.Tests.Runtime;
using Berth.Resources.Volumes;
using Capability = Berth.Linux.Processes.Capability;

namespace Berth.Node.Tests.Volumes;

/// <summary>A real driver with loop devices, from the claim to the last file, over real sockets.</summary>
public sealed class CsiTests(ContainerdFixture fixture)
{
    private const string Forever = "trap 'exit 0' TERM; while true; do sleep 0.1; done";

    [Fact]
    public async Task Claim_WithDriver_IsProvisionedAttachedMountedAndTakenBack()
    {
        Assert.SkipWhen(LoopDevice.Missing is not null, LoopDevice.Missing ?? "");
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.StartDriverAsync();
        var node = await cluster.EventuallyAsync<CSINode>(NodeCluster.NodeName, n => n?.Spec.Drivers.Count == 1, "the driver");
        Assert.Equal(("id-of-" + NodeCluster.NodeName, VolumeCluster.Driver), (node!.Spec.Drivers[0].NodeID, node.Spec.Drivers[0].Name));

        await cluster.ClaimAsync("data");
        Assert.Equal("ext4\n", await cluster.RunAsync(VolumeCluster.PodWith("writer", "echo kept > /data/file; grep ' /data ' /proc/mounts | cut -d' ' -f3", VolumeCluster.ClaimVolume("data"))));
        var claim = await cluster.Client.GetAsync<PersistentVolumeClaim>("default", "data");
        var volume = await cluster.Client.GetAsync<PersistentVolume>(null, claim.Spec.VolumeName);
        var handle = volume.Spec.Csi!.VolumeHandle;
        // The pod has ended, so that its volume is given back, though the pod is still there.
        await cluster.EventuallyAsync<VolumeAttachment>(CsiNames.Attachment(handle, VolumeCluster.Driver, NodeCluster.NodeName), a => a is null, "detached");
        Assert.Empty(cluster.Loop!.Storage.NodesOf(handle));
        Assert.Null(await LoopDevice.FindAsync(cluster.Loop.Storage.FileOf(handle), CancellationToken.None));
        Assert.DoesNotContain(MountTable.Under(cluster.Node.DataDirectory), m => m.Target.Contains("csi", StringComparison.Ordinal));

        Assert.Equal("kept\n", await cluster.RunAsync(VolumeCluster.PodWith("reader", "cat /data/file", VolumeCluster.ClaimVolume("data"))));
        await cluster.RemoveAsync("writer");
        await cluster.RemoveAsync("reader");
        await cluster.Client.DeleteAsync<PersistentVolumeClaim>("default", "data");
        await cluster.EventuallyAsync<PersistentVolume>(volume.Metadata.Name, v => v is null, "deleted with its claim");
        Assert.False(cluster.Loop.Storage.Exists(handle));
    }

    [Fact]
    public async Task Volume_InUse_HasItsRoomTold()
    {
        Assert.SkipWhen(LoopDevice.Missing is not null, LoopDevice.Missing ?? "");
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.StartDriverAsync(s => s with { NodeAllocatableUpdatePeriodSeconds = 10 }, o => o with { VolumesMax = 7 });
        await cluster.ClaimAsync("data");
        await cluster.Client.CreateAsync(VolumeCluster.PodWith("user", $"dd if=/dev/zero of=/data/full bs=1M; {Forever}", VolumeCluster.ClaimVolume("data")));
        await cluster.Node.RunningAsync("user");

        // A volume that is full is its pods' trouble alone, and can be seen.
        var metrics = await cluster.Node.TextAsync("/metrics", t => t.Contains("kubelet_volume_stats_capacity_bytes{namespace=\"default\",persistentvolumeclaim=\"data\"}", StringComparison.Ordinal));
        var capacity = metrics.Split('\n').Single(l => l.StartsWith("kubelet_volume_stats_capacity_bytes{", StringComparison.Ordinal)).Split(' ')[1];
        Assert.InRange(long.Parse(capacity, System.Globalization.CultureInfo.InvariantCulture), 20 * 1024 * 1024, 32 * 1024 * 1024);
        Assert.Contains("\"pvcRef\":{\"name\":\"data\",\"namespace\":\"default\"}", await cluster.Node.TextAsync("/stats/summary", _ => true), StringComparison.Ordinal);
        Assert.True(cluster.Loop!.Node.Calls["NodeGetVolumeStats"] > 0);

        // The driver is asked again how many volumes the node may have.
        var asked = cluster.Loop.Node.Calls["NodeGetInfo"];
        await cluster.Client.DeleteAsync<CSINode>(null, NodeCluster.NodeName);
        var node = await cluster.EventuallyAsync<CSINode>(NodeCluster.NodeName, n => n?.Spec.Drivers.Count == 1, "told again");
        Assert.Equal(7, node!.Spec.Drivers[0].Allocatable?.Count);
        Assert.True(cluster.Loop.Node.Calls["NodeGetInfo"] > asked);
        await cluster.RemoveAsync("user");
    }

    [Theory]
    [InlineData("Block")]
    [InlineData("Filesystem")]
    public async Task Claim_Grown_HasItsDeviceAndFileSystemFollowUnderARunningPod(string mode)
    {
        Assert.SkipWhen(LoopDevice.Missing is not null, LoopDevice.Missing ?? "");
        var block = mode == "Block";
        Assert.SkipUnless(block || Berth.Linux.Processes.Capabilities.HasEffective(Capability.SysResource), "enlarging a mounted ext4 takes CAP_SYS_RESOURCE");
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.StartDriverAsync();
        await cluster.ClaimAsync("data", mode: mode);
        await cluster.Client.CreateAsync(VolumeCluster.PodWith("user", Forever, VolumeCluster.ClaimVolume("data"), block));
        await cluster.Node.RunningAsync("user");

        await cluster.Client.PatchAsync<PersistentVolumeClaim>("default", "data", Patch.Merge("""{"spec":{"resources":{"requests":{"storage":"96Mi"}}}}"""));
        var grown = await cluster.EventuallyAsync<PersistentVolumeClaim>("data", c => c!.Status.Capacity.GetOr("storage") == Quantity.Parse("96Mi"), "96Mi");
        Assert.Empty(grown!.Status.Conditions);
        Assert.Empty(grown.Status.AllocatedResourceStatuses);
        Assert.Contains("succeeded", await cluster.EventAsync("data", "FileSystemResizeSuccessful"), StringComparison.Ordinal);
        var file = cluster.Loop!.Storage.FileOf("pvc-" + grown.Metadata.Uid);
        var device = Path.GetFileName(await LoopDevice.FindAsync(file, CancellationToken.None))!;
        Assert.Equal("196608", (await File.ReadAllTextAsync($"/sys/block/{device}/size", TestContext.Current.CancellationToken)).Trim());
        if (!block)
        {
            var mount = MountTable.Under(cluster.Node.DataDirectory).First(m => m.Target.EndsWith("/mount", StringComparison.Ordinal));
            Assert.InRange(new DriveInfo(mount.Target).TotalSize, 70 * 1024 * 1024, 96 * 1024 * 1024);
        }

        await cluster.RemoveAsync("user");
    }

    [Fact]
    public async Task Growth_ThatTheNodeCannotDo_IsToldAndTriedAgain()
    {
        Assert.SkipWhen(LoopDevice.Missing is not null, LoopDevice.Missing ?? "");
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.StartDriverAsync();
        await cluster.ClaimAsync("data", mode: "Block");
        await cluster.Client.CreateAsync(VolumeCluster.PodWith("user", Forever, VolumeCluster.ClaimVolume("data"), block: true));
        await cluster.Node.RunningAsync("user");
        cluster.Loop!.Node.Faults["NodeExpandVolume"] = "no such luck";
        await cluster.Client.PatchAsync<PersistentVolumeClaim>("default", "data", Patch.Merge("""{"spec":{"resources":{"requests":{"storage":"96Mi"}}}}"""));
        Assert.Contains("no such luck", await cluster.EventAsync("data", "FileSystemResizeFailed"), StringComparison.Ordinal);
        var failed = await cluster.EventuallyAsync<PersistentVolumeClaim>("data", c => c!.Status.Conditions.Any(x => x.Type == "NodeResizeError"), "NodeResizeError");
        Assert.Equal("NodeResizePending", failed!.Status.AllocatedResourceStatuses["storage"]);
        cluster.Loop.Node.Faults.Clear();
        await cluster.EventuallyAsync<PersistentVolumeClaim>("data", c => c!.Status.Capacity.GetOr("storage") == Quantity.Parse("96Mi"), "96Mi");
        await cluster.RemoveAsync("user");
    }

    [Fact]
    public async Task BlockClaim_IsADeviceInTheContainer()
    {
        Assert.SkipWhen(LoopDevice.Missing is not null, LoopDevice.Missing ?? "");
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.StartDriverAsync();
        await cluster.ClaimAsync("raw", mode: "Block");
        var first = VolumeCluster.PodWith("first", "test -b /dev/data && echo hello | dd of=/dev/data conv=notrunc 2>/dev/null && echo written", VolumeCluster.ClaimVolume("raw"), block: true);
        Assert.Equal("written\n", await cluster.RunAsync(first));
        Assert.Equal("hello\n", await cluster.RunAsync(VolumeCluster.PodWith("second", "dd if=/dev/data bs=6 count=1 2>/dev/null", VolumeCluster.ClaimVolume("raw"), block: true)));
        await cluster.Client.CreateAsync(VolumeCluster.PodWith("wrong", Forever, VolumeCluster.ClaimVolume("raw")));
        Assert.Contains("has volumeMode Block, but is specified in volumeMounts", await cluster.EventAsync("wrong", "FailedMount"), StringComparison.Ordinal);
        foreach (var pod in (string[])["first", "second", "wrong"])
            await cluster.RemoveAsync(pod);
    }

    [Fact]
    public async Task InlineVolume_TellsTheDriverOfThePod_AndGoesWithIt()
    {
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.StartDriverAsync();
        var volume = new Volume { Name = "data", Csi = new CSIVolumeSource { Driver = VolumeCluster.Driver, VolumeAttributes = ApiMap.Of(("color", "blue")) } };
        var told = await cluster.RunAsync(VolumeCluster.PodWith("inline", "cat /data/told", volume));
        Assert.Contains("color=blue\n", told, StringComparison.Ordinal);
        Assert.Contains("csi.storage.k8s.io/pod.name=inline\n", told, StringComparison.Ordinal);
        Assert.Contains("csi.storage.k8s.io/ephemeral=true\n", told, StringComparison.Ordinal);
        await cluster.RemoveAsync("inline");
        Assert.Equal(1, cluster.Loop!.Node.Calls["NodeUnpublishVolume"]);
        Assert.False(cluster.Loop.Node.Calls.ContainsKey("NodeStageVolume"));
    }

    [Fact]
    public async Task GenericEphemeralVolume_HasAClaimThatThePodOwns()
    {
        Assert.SkipWhen(LoopDevice.Missing is not null, LoopDevice.Missing ?? "");
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.StartDriverAsync();
        var template = new PersistentVolumeClaimTemplate
        {
            Spec = new PersistentVolumeClaimSpec
            {
                AccessModes = ["ReadWriteOnce"],
                StorageClassName = VolumeCluster.Class,
                Resources = new VolumeResourceRequirements { Requests = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse("32Mi")) },
            },
        };
        var volume = new Volume { Name = "data", Ephemeral = new EphemeralVolumeSource { VolumeClaimTemplate = template } };
        await cluster.Client.CreateAsync(VolumeCluster.PodWith("eph", Forever, volume, spec: s => s with { SecurityContext = new PodSecurityContext { FsGroup = 4711 } }));
        var pod = await cluster.Node.RunningAsync("eph");
        var claim = await cluster.Client.GetAsync<PersistentVolumeClaim>("default", "eph-data");
        Assert.Equal(pod.Metadata.Uid, claim.Metadata.OwnerReferences[0].Uid);
        var mount = MountTable.Under(cluster.Node.DataDirectory).First(m => m.Target.EndsWith("/mount", StringComparison.Ordinal));
        Assert.Equal(4711u, Berth.Linux.Files.FileStatus.Of(mount.Target)?.Group);
        await cluster.RemoveAsync("eph");
        await cluster.EventuallyAsync<PersistentVolumeClaim>("eph-data", c => c is null, "gone with its pod");
        await cluster.EventuallyAsync<PersistentVolume>(claim.Spec.VolumeName, v => v is null, "gone with its claim");
    }

    [Fact]
    public async Task DriverThatFailsOrIsAway_IsToldOf_AndTheRestHappensWhenItIsBack()
    {
        Assert.SkipWhen(LoopDevice.Missing is not null, LoopDevice.Missing ?? "");
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.StartDriverAsync();
        cluster.Loop!.Node.Faults["NodeStageVolume"] = "the disk is on fire";
        await cluster.ClaimAsync("data");
        await cluster.Client.CreateAsync(VolumeCluster.PodWith("user", Forever, VolumeCluster.ClaimVolume("data")));
        Assert.Contains("the disk is on fire", await cluster.EventAsync("user", "FailedMount"), StringComparison.Ordinal);
        cluster.Loop.Node.Faults.Clear();
        await cluster.Node.RunningAsync("user");

        // A pod cannot go while its driver is away: its disk would stay behind.
        await cluster.StopDriverAsync();
        await cluster.EventuallyAsync<CSINode>(NodeCluster.NodeName, n => n?.Spec.Drivers.IsEmpty == true, "no driver");
        await cluster.Client.DeleteAsync<Pod>("default", "user");
        await cluster.Node.WaitAsync("user", p => p?.Status.ContainerStatuses.All(s => s.State.Terminated is not null) == true, "ended");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.NotNull(await cluster.Client.GetAsync<Pod>("default", "user"));
        // An agent that starts meanwhile knows of the volume from its record.
        await cluster.Node.StopAgentAsync();
        await cluster.Node.StartAgentAsync();
        await cluster.StartDriverAsync();
        await cluster.Node.WaitAsync("user", p => p is null, "gone", seconds: 130);
        Assert.DoesNotContain(MountTable.Under(cluster.Node.DataDirectory), m => m.Target.Contains("csi", StringComparison.Ordinal));
    }

    [Fact]
    public async Task VolumeThatOnlyOneNodeMayHave_IsNotAttachedToAnother_UntilTheFirstLetsGo()
    {
        Assert.SkipWhen(LoopDevice.Missing is not null, LoopDevice.Missing ?? "");
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.StartDriverAsync();
        await cluster.ClaimAsync("data");
        await cluster.Client.CreateAsync(VolumeCluster.PodWith("here", Forever, VolumeCluster.ClaimVolume("data")));
        await cluster.Node.RunningAsync("here");
        await cluster.Client.CreateAsync(new Api.Core.V1.Node { Metadata = new() { Name = "node-b" } });
        var there = VolumeCluster.PodWith("there", Forever, VolumeCluster.ClaimVolume("data"));
        await cluster.Client.CreateAsync(there with { Spec = there.Spec with { NodeName = "node-b" } });
        Assert.Contains("Multi-Attach error", await cluster.EventAsync("there", "FailedAttachVolume"), StringComparison.Ordinal);

        await cluster.RemoveAsync("here");
        var claim = await cluster.Client.GetAsync<PersistentVolumeClaim>("default", "data");
        await cluster.EventuallyAsync<VolumeAttachment>(CsiNames.Attachment("pvc-" + claim.Metadata.Uid, VolumeCluster.Driver, "node-b"), a => a is not null, "asked for");
    }

    [Fact]
    public async Task NodeWithItsNumberOfVolumes_GetsNoMore()
    {
        Assert.SkipWhen(LoopDevice.Missing is not null, LoopDevice.Missing ?? "");
        await using var cluster = await VolumeCluster.StartAsync(fixture);
        await cluster.StartDriverAsync(options: o => o with { VolumesMax = 1 });
        await cluster.ClaimAsync("a");
        await cluster.ClaimAsync("b");
        await cluster.Client.CreateAsync(VolumeCluster.PodWith("first", Forever, VolumeCluster.ClaimVolume("a")));
        await cluster.Node.RunningAsync("first");
        await cluster.Client.CreateAsync(VolumeCluster.PodWith("second", Forever, VolumeCluster.ClaimVolume("b")));
        Assert.Contains("1 node(s) exceed max volume count", await cluster.EventAsync("second", "FailedScheduling"), StringComparison.Ordinal);
        await cluster.RemoveAsync("first");
        await cluster.Node.RunningAsync("second");
        await cluster.RemoveAsync("second");
    }
}
