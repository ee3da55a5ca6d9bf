using Berth.Api;
using Berth.Resources.Topology;

namespace Berth.Resources.Devices;

/// <summary>Something of the node that one container at a time can have.</summary>
public sealed record Device
{
    /// <summary>Unique among the devices of its resource.</summary>
    public required string Id { get; init; }

    /// <summary>Name by which pods ask for it, such as <c>nvidia.com/gpu</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>NUMA nodes that it is local to; none: it does not matter where.</summary>
    public NumaSet Numa { get; init; }

    /// <summary>Of the vendor: product, driver version.</summary>
    public ApiMap<string> Attributes { get; init; } = [];

    /// <summary>Amounts that a request may ask a minimum of, such as <c>memory</c> in bytes.</summary>
    public ApiMap<long> Capacity { get; init; } = [];

    /// <summary>Set for a partition: <see cref="Key"/> of the device that it is a part of. Whole and part exclude each other.</summary>
    public string Parent { get; init; } = "";

    /// <summary>Unhealthy devices are counted, and never given.</summary>
    public bool Healthy { get; init; } = true;

    /// <summary>Unique in the node.</summary>
    public string Key => $"{Resource}={Id}";
}
