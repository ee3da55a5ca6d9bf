using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Storage.V1;
using Berth.Client;

namespace Berth.Controllers.Tests.Cluster;

/// <summary>Classes of volume attributes live as long as a claim or a volume names them.</summary>
public sealed class AttributesClassTests
{
    private const string Finalizer = "kubernetes.io/vac-protection";

    [Fact]
    public async Task Deleted_NobodyNamesIt_GoesAtOnce()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.DeleteAsync<VolumeAttributesClass>(null, "gold");
        await GoneAsync(cluster);
    }

    [Fact]
    public async Task Deleted_ClaimWantsIt_GoesWithTheClaim()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.CreateAsync(Claim("gold"));
        await DeletedButHeldAsync(cluster);
        await cluster.Client.DeleteAsync<PersistentVolumeClaim>("default", "data");
        await GoneAsync(cluster);
    }

    [Fact]
    public async Task Deleted_VolumeOfAClaimHasIt_GoesWhenTheVolumeHasAnother()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.CreateAsync(Claim("silver"));
        await HasAsync(cluster, "gold");
        await DeletedButHeldAsync(cluster);
        await HasAsync(cluster, "silver");
        await GoneAsync(cluster);
    }

    [Fact]
    public async Task Deleted_VolumeNamesIt_GoesWithTheVolume()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.CreateAsync(new PersistentVolume
        {
            Metadata = new ObjectMeta { Name = "disk" },
            Spec = new()
            {
                AccessModes = ["ReadWriteOnce"],
                Capacity = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse("1Gi") }.ToApiMap(),
                Csi = new() { Driver = "disks.example.com", VolumeHandle = "1" },
                VolumeAttributesClassName = "gold",
            },
        });
        await DeletedButHeldAsync(cluster);
        await cluster.Client.DeleteAsync<PersistentVolume>(null, "disk");
        await GoneAsync(cluster);
    }

    [Fact]
    public async Task Made_FinalizerTakenAway_GetsItAgain()
    {
        await using var cluster = await StartAsync();
        var taken = await cluster.Client.PatchAsync<VolumeAttributesClass>(null, "gold", Patch.Merge("""{"metadata":{"finalizers":null}}"""));
        Assert.DoesNotContain(Finalizer, taken.Metadata.Finalizers);
        await cluster.EventuallyAsync<VolumeAttributesClass>("gold", c => c.Metadata.Finalizers.Contains(Finalizer));
    }

    private static async Task<TestCluster> StartAsync()
    {
        var cluster = await TestCluster.StartAsync();
        await MakeAsync(cluster, "gold");
        return cluster;
    }

    // No admission here: the controller gives it the finalizer.
    private static async Task MakeAsync(TestCluster cluster, string name)
    {
        await cluster.Client.CreateAsync(new VolumeAttributesClass
        {
            Metadata = new ObjectMeta { Name = name },
            DriverName = "disks.example.com",
            Parameters = ApiMap.Of(("iops", "4000")),
        });
        await cluster.EventuallyAsync<VolumeAttributesClass>(name, c => c.Metadata.Finalizers.Contains(Finalizer));
    }

    private static PersistentVolumeClaim Claim(string attributes) => new()
    {
        Metadata = new ObjectMeta { Name = "data", Namespace = "default" },
        Spec = new()
        {
            AccessModes = ["ReadWriteOnce"],
            Resources = new() { Requests = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse("1Gi") }.ToApiMap() },
            StorageClassName = "",
            VolumeAttributesClassName = attributes,
        },
    };

    private static Task HasAsync(TestCluster cluster, string name) => cluster.Client.PatchAsync<PersistentVolumeClaim>(
        "default", "data", Patch.Merge($$$"""{"status":{"currentVolumeAttributesClassName":"{{{name}}}"}}"""), "status");

    // That the class is still there right after its deletion shows nothing: a second class, deleted later and named by nobody, is
    // gone only when the one worker of the controller has looked at the first.
    private static async Task DeletedButHeldAsync(TestCluster cluster)
    {
        await MakeAsync(cluster, "unused");
        await cluster.Client.DeleteAsync<VolumeAttributesClass>(null, "gold");
        await cluster.Client.DeleteAsync<VolumeAttributesClass>(null, "unused");
        await cluster.EventuallyAllAsync<VolumeAttributesClass>(all => all.All(c => c.Metadata.Name != "unused"));
        Assert.NotNull((await cluster.Client.GetAsync<VolumeAttributesClass>(null, "gold")).Metadata.DeletionTimestamp);
    }

    private static Task GoneAsync(TestCluster cluster) =>
        cluster.EventuallyAllAsync<VolumeAttributesClass>(all => all.All(c => c.Metadata.Name != "gold"));
}
