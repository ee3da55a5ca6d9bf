using Berth.Api;

namespace Berth.Node.Devices;

/// <summary>One device as its plugin tells of it.</summary>
/// <param name="NumaNodes">Where it is attached; empty for anywhere.</param>
public sealed record DeviceInfo(string Id, bool Healthy, ApiList<int> NumaNodes);

/// <summary>All devices of one resource name, at one moment.</summary>
/// <param name="Connected">Its plugin answers. While not, the devices count as unhealthy.</param>
/// <param name="LostAt">When the plugin went; default while it is there.</param>
public sealed record DeviceResource(string Name, ApiList<DeviceInfo> Devices, bool Connected, DateTimeOffset LostAt)
{
    public IEnumerable<DeviceInfo> Healthy => Connected ? Devices.Where(d => d.Healthy) : [];
}
