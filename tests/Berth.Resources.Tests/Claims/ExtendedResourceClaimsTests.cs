using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using Berth.Resources.Claims;

namespace Berth.Resources.Tests.Claims;

public sealed class ExtendedResourceClaimsTests
{
    private static readonly DeviceClass[] s_classes =
    [
        new() { Metadata = new() { Name = "gpu" }, Spec = new() { ExtendedResourceName = "nvidia.com/gpu" } },
        new() { Metadata = new() { Name = "nic" } },
    ];

    [Fact]
    public void For_ContainersThatStay_EachHasARequestOfItsOwn()
    {
        var (claim, mappings) = ExtendedResourceClaims.For(Pod([], [Asking("a", "nvidia.com/gpu", 2), Asking("b", "nvidia.com/gpu", 1), Asking("c", "cpu", 1)]), ClassOf)!.Value;
        Assert.Equal([("container-0-request-0", 2L), ("container-1-request-0", 1L)], claim.Spec.Devices.Requests.Select(r => (r.Name, r.Exactly!.Count)));
        Assert.Equal([("a", "container-0-request-0"), ("b", "container-1-request-0")], mappings.Select(m => (m.ContainerName, m.RequestName)));
        Assert.Equal("true", claim.Metadata.Annotations[ExtendedResourceClaims.Annotation]);
    }

    [Fact]
    public void For_InitContainerThatEnds_HasTheDevicesOfALaterOne()
    {
        var (claim, mappings) = ExtendedResourceClaims.For(Pod([Asking("init", "nvidia.com/gpu", 1)], [Asking("a", "nvidia.com/gpu", 1)]), ClassOf)!.Value;
        Assert.Equal("container-1-request-0", Assert.Single(claim.Spec.Devices.Requests).Name);
        Assert.Equal(["a", "init"], mappings.Select(m => m.ContainerName));
    }

    [Fact]
    public void For_NothingBehindTheResource_IsNoClaim() => Assert.Null(ExtendedResourceClaims.For(Pod([], [Asking("a", "other.com/thing", 1)]), ClassOf));

    [Fact]
    public void ClassOf_ImplicitName_IsTheClassOfThatName() => Assert.Equal("nic", ExtendedResourceClaims.ClassOf("deviceclass.resource.kubernetes.io/nic", s_classes)!.Metadata.Name);

    private static string? ClassOf(string resource) => ExtendedResourceClaims.ClassOf(resource, s_classes)?.Metadata.Name;

    private static Pod Pod(Container[] inits, Container[] containers) => new()
    {
        Metadata = new() { Name = "p", Namespace = "default", Uid = "u" },
        Spec = new() { InitContainers = inits.ToApiList(), Containers = containers.ToApiList() },
    };

    private static Container Asking(string name, string resource, long count) =>
        new() { Name = name, Resources = new() { Limits = new[] { KeyValuePair.Create(resource, Quantity.FromUnits(count)) }.ToApiMap() } };
}
