using Berth.Api.Core.V1;

namespace Berth.Node.Devices;

/// <summary>Narrows down which devices a container may get, so that they are close to its CPUs and memory.</summary>
public interface IDeviceChooser
{
    /// <summary>Free devices, the best first; at least <paramref name="count"/> of them, or null for no opinion.</summary>
    IReadOnlyList<DeviceInfo>? Choose(Pod pod, Container container, string resource, IReadOnlyList<DeviceInfo> free, int count);

    /// <summary>The container has these devices of the resource, whatever was chosen for it before.</summary>
    void Chosen(Pod pod, Container container, string resource, IReadOnlyList<string> ids);
}
