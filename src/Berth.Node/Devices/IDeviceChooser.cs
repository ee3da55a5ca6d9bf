using Berth.Api.Core.V1;

namespace Berth.Node.Devices;

/// <summary>Narrows down which devices a container may get, so that they are close to its CPUs and memory.</summary>
public interface IDeviceChooser
{
    /// <summary>Free devices, the best first; at least <paramref name="count"/> of them, or null for no opinion.</summary>
    IReadOnlyList<DeviceInfo>? Choose(Pod pod, Container container, string resource, IReadOnlyList<DeviceInfo> free, int count);
}
