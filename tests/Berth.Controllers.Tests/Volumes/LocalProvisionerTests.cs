using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Controllers.Tests.Cluster;
using Berth.Controllers.Volumes.Local;
using Berth.Resources.Volumes;

namespace Berth.Controllers.Tests.Volumes;

public sealed class LocalProvisionerTests
{
    [Fact]
    public async Task Claim_ForANodeWithRoom_GetsAVolumeThere_AndGrowsWithinTheRoom()
    {
        await using var cluster = await ClusterAsync("10Gi");
        var storage = await cluster.EventuallyAsync<StorageClass>(LocalStorage.ClassName, _ => true);
        Assert.Equal("true", storage.Metadata.Annotations["storageclass.kubernetes.io/is-default-class"]);
        await cluster.Client.CreateAsync(Claim("data", "4Gi"));
        var claim = await cluster.EventuallyAsync<PersistentVolumeClaim>("data", c => c.Status.Phase == "Bound");
        var volume = await cluster.Client.GetAsync<PersistentVolume>(null, claim.Spec.VolumeName);
        Assert.Equal($"/data/volumes/{volume.Metadata.Name}", volume.Spec.Local?.Path);
        Assert.Equal(["n"], volume.Spec.NodeAffinity!.Required!.NodeSelectorTerms[0].MatchExpressions[0].Values);
        Assert.Contains(LocalStorage.FilesFinalizer, volume.Metadata.Finalizers);

        await cluster.Client.PatchAsync<PersistentVolumeClaim>("default", "data", Patch.Merge("""{"spec":{"resources":{"requests":{"storage":"6Gi"}}}}"""));
        await cluster.EventuallyAsync<PersistentVolumeClaim>("data", c => c.Status.Capacity.GetOr("storage") == Quantity.Parse("6Gi"));
        await CapacityAsync(cluster, "4Gi");
        await cluster.Client.PatchAsync<PersistentVolumeClaim>("default", "data", Patch.Merge("""{"spec":{"resources":{"requests":{"storage":"60Gi"}}}}"""));
        await cluster.EventuallyAllAsync<Event>(e => e.Any(x => x.Reason == "VolumeResizeFailed" && x.Message.Contains("4Gi left", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Claim_TooLargeForTheNode_IsGivenBackToTheScheduler()
    {
        await using var cluster = await ClusterAsync("1Gi");
        await cluster.EventuallyAsync<StorageClass>(LocalStorage.ClassName, _ => true);
        await cluster.Client.CreateAsync(Claim("data", "2Gi"));
        await cluster.EventuallyAsync<PersistentVolumeClaim>("data", c => !c.Metadata.Annotations.ContainsKey(VolumeNames.SelectedNode));
        await cluster.EventuallyAllAsync<Event>(e => e.Any(x => x.Reason == "ProvisioningFailed" && x.Message.Contains("has 1Gi left", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Volume_OfADeletedClaim_WaitsForTheNodesFiles_UnlessTheNodeIsGone()
    {
        await using var cluster = await ClusterAsync("10Gi");
        await cluster.EventuallyAsync<StorageClass>(LocalStorage.ClassName, _ => true);
        await cluster.Client.CreateAsync(Claim("data", "1Gi"));
        var name = (await cluster.EventuallyAsync<PersistentVolumeClaim>("data", c => c.Status.Phase == "Bound")).Spec.VolumeName;
        await cluster.Client.DeleteAsync<PersistentVolumeClaim>("default", "data");
        await cluster.EventuallyAsync<PersistentVolume>(name, v => v.Metadata.DeletionTimestamp is not null && v.Metadata.Finalizers is [LocalStorage.FilesFinalizer]);
        await cluster.Client.DeleteAsync<Node>(null, "n");
        await cluster.EventuallyAllAsync<PersistentVolume>(v => v.Count == 0);
    }

    [Fact]
    public void Unsupported_SaysWhatAndWhatToDo()
    {
        var storage = new StorageClass { Metadata = new() { Name = "c" } };
        var claim = Claim("data", "1Gi");
        Assert.Null(LocalVolumeReconciler.Unsupported(claim, storage));
        Assert.Contains("ReadWriteMany", LocalVolumeReconciler.Unsupported(claim with { Spec = claim.Spec with { AccessModes = ["ReadWriteMany"] } }, storage), StringComparison.Ordinal);
        Assert.Contains("Block", LocalVolumeReconciler.Unsupported(claim with { Spec = claim.Spec with { VolumeMode = "Block" } }, storage), StringComparison.Ordinal);
        Assert.Contains("mountOptions", LocalVolumeReconciler.Unsupported(claim, storage with { MountOptions = ["ro"] }), StringComparison.Ordinal);
        Assert.Contains("\"path\"", LocalVolumeReconciler.Unsupported(claim, storage with { Parameters = ApiMap.Of(("path", "/x")) }), StringComparison.Ordinal);
    }

    private static async Task<TestCluster> ClusterAsync(string capacity)
    {
        var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(new Namespace { Metadata = new() { Name = "kube-system" } });
        await cluster.Client.CreateAsync(new Node
        {
            Metadata = new()
            {
                Name = "n",
                Labels = ApiMap.Of(("kubernetes.io/hostname", "n")),
                Annotations = ApiMap.Of((LocalStorage.PathAnnotation, "/data/volumes"), (LocalStorage.CapacityAnnotation, capacity), (LocalStorage.LimitsAnnotation, LocalStorage.LimitedByQuota)),
            },
        });
        return cluster;
    }

    private static async Task CapacityAsync(TestCluster cluster, string free)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (true)
        {
            var all = await cluster.Client.ListAsync<CSIStorageCapacity>("kube-system");
            if (all.Items is [{ Capacity: { } capacity }] && capacity == Quantity.Parse(free))
                return;
            Assert.True(DateTimeOffset.UtcNow < deadline, $"capacities: {all.Items}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static PersistentVolumeClaim Claim(string name, string size) => new()
    {
        Metadata = new() { Name = name, Namespace = "default", Annotations = ApiMap.Of((VolumeNames.SelectedNode, "n")) },
        Spec = new PersistentVolumeClaimSpec
        {
            AccessModes = ["ReadWriteOnce"],
            StorageClassName = LocalStorage.ClassName,
            Resources = new VolumeResourceRequirements { Requests = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse(size)) },
        },
    };
}
