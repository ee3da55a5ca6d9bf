using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>Name of a device, unique in the cluster.</summary>
public readonly record struct DeviceId(string Driver, string Pool, string Name)
{
    public static DeviceId Of(DeviceRequestAllocationResult result) => new(result.Driver, result.Pool, result.Device);

    public override string ToString() => $"{Driver}/{Pool}/{Name}";
}
