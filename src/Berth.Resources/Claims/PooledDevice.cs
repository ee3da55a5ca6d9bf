using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>A device with what its slice says of it.</summary>
public sealed record PooledDevice(DeviceId Id, Device Spec, NodeReach Reach)
{
    /// <summary>Several claims may have a share of it at once.</summary>
    public bool IsShared => Spec.AllowMultipleAllocations == true;
}
