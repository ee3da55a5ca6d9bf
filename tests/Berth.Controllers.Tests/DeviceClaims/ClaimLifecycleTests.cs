using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Resource.V1;
using Berth.Controllers.Tests.Cluster;
using Berth.Resources.Claims;
using Device = Berth.Api.Resource.V1.Device;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Controllers.Tests.DeviceClaims;

/// <summary>Claims from their pod's coming to its going, on an API server with all controllers; the scheduler's part is written by the test.</summary>
public sealed class ClaimLifecycleTests
{
    private const string Driver = "gpu.example.com";

    [Fact]
    public async Task Template_PodThatEnds_MakesOneClaimAndTakesItAway()
    {
        await using var cluster = await TestCluster.StartAsync();
        await CreateTemplateAsync(cluster);
        var pod = await cluster.Client.CreateAsync(Pod("train", "web:1"));
        pod = await cluster.EventuallyAsync<Pod>("train", p => p.Status.ResourceClaimStatuses.Count == 1);
        var name = pod.Status.ResourceClaimStatuses[0].ResourceClaimName!;
        Assert.StartsWith("train-gpu-", name, StringComparison.Ordinal);
        var claim = Assert.Single((await cluster.Client.ListAsync<ResourceClaim>("default")).Items);
        Assert.Equal((name, "gpu"), (claim.Metadata.Name, claim.Metadata.Annotations[PodClaims.EntryAnnotation]));
        Assert.True(PodClaims.IsOwnedBy(claim, pod));

        await AllocateAsync(cluster, claim, pod);
        pod = await cluster.EventuallyAsync<Pod>("train", p => p.Status.Phase == "Running");
        await cluster.Client.UpdateStatusAsync(pod with { Status = pod.Status with { Phase = "Succeeded" } });
        await cluster.EventuallyAllAsync<ResourceClaim>(all => all.Count == 0);
        Assert.Equal("Succeeded", (await cluster.Client.GetAsync<Pod>("default", "train")).Status.Phase);
    }

    [Fact]
    public async Task SharedClaim_LastUserGoes_IsDeallocatedAndStays()
    {
        await using var cluster = await TestCluster.StartAsync();
        var claim = await cluster.Client.CreateAsync(new ResourceClaim { Metadata = new ObjectMeta { Name = "shared", Namespace = "default" }, Spec = Spec });
        var one = await cluster.Client.CreateAsync(Pod("one", "web:1", "shared"));
        var two = await cluster.Client.CreateAsync(Pod("two", "web:1", "shared"));
        await AllocateAsync(cluster, claim, one, two);
        await cluster.Client.DeleteAsync<Pod>("default", "one", new DeleteOptions { GracePeriodSeconds = 0 });
        await cluster.EventuallyAsync<ResourceClaim>("shared", c => c.Status.ReservedFor.Count == 1 && c.Status.Allocation is not null);
        await cluster.Client.DeleteAsync<Pod>("default", "two", new DeleteOptions { GracePeriodSeconds = 0 });
        await cluster.EventuallyAsync<ResourceClaim>("shared", c => c.Status.ReservedFor.IsEmpty && c.Status.Allocation is null && c.Metadata.Finalizers.IsEmpty);
    }

    [Fact]
    public async Task DeletedClaim_StillUsed_GoesWithItsUser()
    {
        await using var cluster = await TestCluster.StartAsync();
        var claim = await cluster.Client.CreateAsync(new ResourceClaim { Metadata = new ObjectMeta { Name = "held", Namespace = "default" }, Spec = Spec });
        var pod = await cluster.Client.CreateAsync(Pod("user", "web:1", "held"));
        await AllocateAsync(cluster, claim, pod);
        await cluster.Client.DeleteAsync<ResourceClaim>("default", "held");
        Assert.NotNull((await cluster.Client.GetAsync<ResourceClaim>("default", "held")).Metadata.DeletionTimestamp);
        await cluster.Client.DeleteAsync<Pod>("default", "user", new DeleteOptions { GracePeriodSeconds = 0 });
        await cluster.EventuallyAllAsync<ResourceClaim>(all => all.Count == 0);
    }

    [Fact]
    public async Task Device_TaintedNoExecute_ItsPodIsToldAndDeleted()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(new Node { Metadata = new ObjectMeta { Name = "n1" } });
        var slice = await cluster.Client.CreateAsync(new ResourceSlice
        {
            Metadata = new ObjectMeta { Name = "n1-gpu" },
            Spec = new() { Driver = Driver, Pool = new() { Name = "n1", Generation = 1, ResourceSliceCount = 1 }, NodeName = "n1", Devices = [new Device { Name = "gpu-0" }] },
        });
        var claim = await cluster.Client.CreateAsync(new ResourceClaim { Metadata = new ObjectMeta { Name = "held", Namespace = "default" }, Spec = Spec });
        var pod = Pod("user", "web:1", "held");
        pod = await cluster.Client.CreateAsync(pod with { Spec = pod.Spec with { NodeName = "n1" }, Metadata = pod.Metadata with { Finalizers = ["example.com/look"] } });
        await AllocateAsync(cluster, claim, pod);
        Assert.Null((await cluster.Client.GetAsync<Pod>("default", "user")).Metadata.DeletionTimestamp);
        var sick = slice.Spec.Devices[0] with { Taints = [new DeviceTaint { Key = "example.com/lost", Effect = "NoExecute" }] };
        await cluster.Client.UpdateAsync(slice with { Spec = slice.Spec with { Devices = [sick] } });
        var told = await cluster.EventuallyAsync<Pod>("user", p => p.Metadata.DeletionTimestamp is not null);
        Assert.Contains(told.Status.Conditions, c => c is { Type: "DisruptionTarget", Reason: "DeletionByDeviceTaintManager" });
    }

    private static ResourceClaimSpec Spec => new()
    {
        Devices = new() { Requests = [new DeviceRequest { Name = "gpu", Exactly = new() { DeviceClassName = "gpu" } }] },
    };

    private static Pod Pod(string name, string image, string? claim = null) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new PodSpec
        {
            Containers = [new Container { Name = "main", Image = image, Resources = new() { Claims = [new() { Name = "gpu" }] } }],
            ResourceClaims = [claim is null ? new() { Name = "gpu", ResourceClaimTemplateName = "gpu" } : new() { Name = "gpu", ResourceClaimName = claim }],
        },
    };

    private static Task CreateTemplateAsync(TestCluster cluster) => cluster.Client.CreateAsync(
        new ResourceClaimTemplate { Metadata = new ObjectMeta { Name = "gpu", Namespace = "default" }, Spec = new() { Spec = Spec } });

    private static async Task AllocateAsync(TestCluster cluster, ResourceClaim claim, params Pod[] users)
    {
        claim = await cluster.Client.UpdateAsync(claim with { Metadata = claim.Metadata with { Finalizers = [PodClaims.Finalizer] } });
        var allocation = new AllocationResult { Devices = new() { Results = [new DeviceRequestAllocationResult { Request = "gpu", Driver = Driver, Pool = "n1", Device = "gpu-0" }] } };
        await cluster.Client.UpdateStatusAsync(claim with { Status = new() { Allocation = allocation, ReservedFor = users.Select(PodClaims.UserOf).ToApiList() } });
    }
}
