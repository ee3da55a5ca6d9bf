using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Storage.V1;
using Berth.Client.Informers;
using Berth.Resources.Volumes;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins.Volumes;
using Berth.Scheduler.Snapshot;
using Berth.TestKit;

namespace Berth.Scheduler.Tests.Volumes;

public sealed class VolumePluginTests
{
    private const string NoVolume = "node(s) didn't find available persistent volumes to bind";

    private static readonly StorageClass s_later = new() { Metadata = new() { Name = "later" }, Provisioner = VolumeNames.NoProvisioner, VolumeBindingMode = "WaitForFirstConsumer" };
    private static readonly StorageClass s_made = new() { Metadata = new() { Name = "made" }, Provisioner = "disks.example", VolumeBindingMode = "WaitForFirstConsumer" };

    [Fact]
    public async Task BoundVolume_IsReachedFromItsNodesOnly() =>
        Assert.Equal(
            ("n1", "node(s) didn't match PersistentVolume's node affinity"),
            await PlacesAsync(Bound("data", Volume("v", node: "n1"))));

    [Theory]
    [InlineData("none", "persistentvolumeclaim \"data\" not found")]
    [InlineData("immediate", "pod has unbound immediate PersistentVolumeClaims")]
    [InlineData("lost", "persistentvolumeclaim \"data\" bound to non-existent persistentvolume \"v\"")]
    [InlineData("going", "persistentvolumeclaim \"data\" is being deleted")]
    public async Task ClaimThatCannotBeUsed_KeepsThePodFromAllNodes(string state, string problem)
    {
        var claim = Claim("data", "");
        IApiObject[] objects = state switch
        {
            "none" => [],
            "immediate" => [claim],
            "lost" => [claim with { Spec = claim.Spec with { VolumeName = "v" }, Status = new PersistentVolumeClaimStatus { Phase = "Lost" } }],
            _ => [claim with { Metadata = claim.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch } }],
        };
        var (places, reasons) = await PlacesAsync(objects);
        Assert.Empty(places);
        Assert.Equal(problem, reasons);
    }

    [Fact]
    public async Task UnboundClaim_GoesWhereAVolumeSuits_AndTakesTheSmallest()
    {
        var scheduling = await SchedulingAsync(
            s_later, Claim("data", "later"), Volume("large", "10Gi", "n1", "later"), Volume("small", "2Gi", "n1", "later"), Volume("tiny", "1Mi", "n2", "later"));
        Assert.Equal(("n1", NoVolume), Places(scheduling, Pod("p")));
        Assert.True(scheduling.Binding.Reserve(Pod("p"), Node("n1")));
        Assert.Equal("small", scheduling.Caches.ReservationOf("uid-p")?.Bindings[new ObjectKey("default", "data")]);
    }

    [Fact]
    public async Task VolumeReservedForOnePod_IsNoneForTheNext()
    {
        var scheduling = await SchedulingAsync(s_later, Claim("data", "later"), Claim("other", "later"), Volume("only", "2Gi", "n1", "later"));
        scheduling.Binding.Reserve(Pod("first"), Node("n1"));
        Assert.Equal(("", NoVolume), Places(scheduling, Pod("second", "other")));
        scheduling.Binding.Unreserve("uid-first");
        Assert.Equal(("n1", NoVolume), Places(scheduling, Pod("second", "other")));
    }

    [Fact]
    public async Task Provisioning_FollowsAllowedTopologies()
    {
        var zoned = s_made with { AllowedTopologies = [new TopologySelectorTerm { MatchLabelExpressions = [new TopologySelectorLabelRequirement { Key = "kubernetes.io/hostname", Values = ["n2"] }] }] };
        Assert.Equal(("n2", NoVolume), await PlacesAsync(zoned, Claim("data", "made")));
    }

    [Fact]
    public async Task Provisioning_NeedsRoom_DecisionsUnderWayIncluded()
    {
        var scheduling = await SchedulingAsync(
            s_made, Claim("data", "made"), Claim("other", "made"),
            new CSIDriver { Metadata = new() { Name = "disks.example" }, Spec = new CSIDriverSpec { StorageCapacity = true } },
            new CSIStorageCapacity
            {
                Metadata = new() { Name = "c", Namespace = "kube-system" },
                StorageClassName = "made",
                NodeTopology = new LabelSelector { MatchLabels = ApiMap.Of(("kubernetes.io/hostname", "n1")) },
                Capacity = Quantity.Parse("3Gi"),
            });
        Assert.Equal(("n1", "node(s) did not have enough free storage"), Places(scheduling, Pod("p")));
        scheduling.Binding.Reserve(Pod("p"), Node("n1"));
        Assert.Equal(("", "node(s) did not have enough free storage"), Places(scheduling, Pod("q", "other")));
    }

    [Fact]
    public async Task ClaimGivenToANode_StaysThere()
    {
        var claim = Claim("data", "made");
        claim = claim with { Metadata = claim.Metadata with { Annotations = ApiMap.Of((VolumeNames.SelectedNode, "n2")) } };
        Assert.Equal(("n2", NoVolume), await PlacesAsync(s_made, claim));
    }

    [Fact]
    public async Task ReadWriteOncePod_InUse_KeepsOthersOut()
    {
        var objects = Bound("data", Volume("v"));
        var claim = (PersistentVolumeClaim)objects[0];
        var scheduling = await SchedulingAsync(claim with { Spec = claim.Spec with { AccessModes = ["ReadWriteOncePod"] } }, objects[1]);
        var state = State();
        var user = Pod("user");
        state.SetPod(user with { Spec = user.Spec with { NodeName = "n1" } });
        var (places, reasons) = Places(scheduling, Pod("next"), state);
        Assert.Empty(places);
        Assert.Equal("node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod", reasons);
    }

    [Fact]
    public async Task VolumeOfAZone_IsUsedInItsZones()
    {
        var volume = Volume("v") with { Metadata = new() { Name = "v", Labels = ApiMap.Of(("topology.kubernetes.io/zone", "a__b")) } };
        var scheduling = await SchedulingAsync(Bound("data", volume));
        var state = new ClusterState();
        foreach (var zone in (string[])["a", "b", "c"])
            state.SetNode(Given.Node("in-" + zone, labels: ("topology.kubernetes.io/zone", zone)));
        var (places, reasons) = Places(scheduling, Pod("p"), state);
        Assert.Equal(("in-a in-b", "node(s) had no available volume zone"), (places, reasons));
    }

    [Fact]
    public async Task EphemeralVolume_WithoutItsOwnClaim_Waits()
    {
        var pod = Pod("p") with { Spec = Pod("p").Spec with { Volumes = [new Volume { Name = "x", Ephemeral = new EphemeralVolumeSource() }] } };
        var scheduling = await SchedulingAsync();
        Assert.Equal("waiting for ephemeral volume controller to create the persistentvolumeclaim \"p-x\"", Places(scheduling, pod).Reasons);
        scheduling = await SchedulingAsync(Bound("p-x", Volume("v")));
        Assert.Equal("PVC default/p-x was not created for pod default/p (pod is not owner)", Places(scheduling, pod).Reasons);
    }

    private static async Task<(string Places, string Reasons)> PlacesAsync(params IApiObject[] objects) => Places(await SchedulingAsync(objects), Pod("p"));

    private static (string Places, string Reasons) Places(VolumeScheduling scheduling, Pod pod, ClusterState? state = null)
    {
        state ??= State();
        var candidates = new Candidates(state);
        var context = new PodContext(pod);
        foreach (var filter in scheduling.Filters)
            filter.PreFilter(context, state, candidates);
        foreach (var filter in scheduling.Filters)
            filter.Filter(context, state, candidates);
        var places = new List<string>();
        foreach (var row in candidates.Remaining)
            places.Add(state.Node(row).Metadata.Name);
        return (string.Join(' ', places.Order()), candidates.PodProblem ?? string.Join("; ", candidates.CountReasons().Keys));
    }

    private static ClusterState State()
    {
        var state = new ClusterState();
        state.SetNode(Node("n1"));
        state.SetNode(Node("n2"));
        return state;
    }

    private static async Task<VolumeScheduling> SchedulingAsync(params IApiObject[] objects)
    {
        var cluster = new FakeCluster();
        foreach (var value in objects)
            cluster.Put(value);
        var informers = new InformerFactory(cluster);
        var scheduling = new VolumeScheduling(informers, () => { }, TimeProvider.System);
        _ = informers.RunAsync(TestContext.Current.CancellationToken);
        await informers.WaitForSyncAsync(TestContext.Current.CancellationToken);
        return scheduling;
    }

    private static Node Node(string name) => Given.Node(name);

    private static Pod Pod(string name, string claim = "data")
    {
        var pod = Given.Pod(name);
        return pod with { Spec = pod.Spec with { Volumes = [new Volume { Name = "d", PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = claim } }] } };
    }

    private static PersistentVolumeClaim Claim(string name, string storageClass) => new()
    {
        Metadata = new() { Name = name, Namespace = "default", Uid = "uid-" + name },
        Spec = new PersistentVolumeClaimSpec
        {
            AccessModes = ["ReadWriteOnce"],
            StorageClassName = storageClass,
            Resources = new VolumeResourceRequirements { Requests = Given.Amounts(("storage", "2Gi")) },
        },
        Status = new PersistentVolumeClaimStatus { Phase = "Pending" },
    };

    private static IApiObject[] Bound(string claim, PersistentVolume volume)
    {
        var free = Claim(claim, "");
        return
        [
            free with
            {
                Metadata = free.Metadata with { Annotations = ApiMap.Of((VolumeNames.BindCompleted, "yes")) },
                Spec = free.Spec with { VolumeName = volume.Metadata.Name },
                Status = new PersistentVolumeClaimStatus { Phase = "Bound" },
            },
            volume,
        ];
    }

    private static PersistentVolume Volume(string name, string size = "2Gi", string? node = null, string storageClass = "") => new()
    {
        Metadata = new() { Name = name },
        Spec = new PersistentVolumeSpec
        {
            AccessModes = ["ReadWriteOnce"],
            StorageClassName = storageClass,
            Capacity = Given.Amounts(("storage", size)),
            NodeAffinity = node is null ? null : new VolumeNodeAffinity
            {
                Required = new NodeSelector { NodeSelectorTerms = [new NodeSelectorTerm { MatchExpressions = [new NodeSelectorRequirement { Key = "kubernetes.io/hostname", Operator = "In", Values = [node] }] }] },
            },
        },
        Status = new PersistentVolumeStatus { Phase = "Available" },
    };
}
