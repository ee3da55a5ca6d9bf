using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.Controllers.DeviceClaims;
using Berth.Controllers.Tests.Cluster;

namespace Berth.Controllers.Tests.DeviceClaims;

public sealed class BuiltInDeviceClassesTests
{
    [Fact]
    public void For_DevicesOfBothDrivers_MakesAClassForEachSort()
    {
        var classes = BuiltInDeviceClasses.For([Slice("gpu.berth.dev", ("type", "gpu")), Slice("devices.berth.dev", ("group", "serial"), ("resource", "example.com/serial")), Slice("other.example", ("type", "gpu"))]);
        Assert.Equal([("gpu.berth.dev", "nvidia.com/gpu"), ("serial.devices.berth.dev", "example.com/serial")], classes.Select(c => (c.Metadata.Name, c.Spec.ExtendedResourceName)));
        Assert.Equal("device.driver == \"devices.berth.dev\" && device.attributes[\"devices.berth.dev\"].group == \"serial\"", classes[1].Spec.Selectors[0].Cel!.Expression);
    }

    [Fact]
    public async Task Slice_OfABuiltInDriver_BringsItsClassAgainAfterItsDeletion()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(Slice("gpu.berth.dev", ("type", "mig")));
        await cluster.EventuallyAsync<DeviceClass>("mig.berth.dev", _ => true);
        var first = await cluster.EventuallyAsync<DeviceClass>("gpu.berth.dev", c => c.Spec.ExtendedResourceName == "nvidia.com/gpu");
        await cluster.Client.DeleteAsync<DeviceClass>(null, "gpu.berth.dev");
        await cluster.EventuallyAsync<DeviceClass>("gpu.berth.dev", c => c.Metadata.Uid != first.Metadata.Uid);
    }

    private static ResourceSlice Slice(string driver, params (string Name, string Value)[] attributes) => new()
    {
        Metadata = new() { Name = "n1-" + driver },
        Spec = new()
        {
            Driver = driver,
            Pool = new() { Name = "n1", Generation = 1, ResourceSliceCount = 1 },
            NodeName = "n1",
            Devices = [new Device { Name = "a", Attributes = attributes.Select(a => KeyValuePair.Create(a.Name, new DeviceAttribute { String = a.Value })).ToApiMap() }],
        },
    };
}
