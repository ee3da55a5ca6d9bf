using Berth.Api;
using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>One way to serve a request: the request itself, or one of its alternatives.</summary>
internal sealed class RequestOption
{
    /// <summary>Position of its claim.</summary>
    public required int Claim { get; init; }

    public required string Request { get; init; }

    /// <summary>Null for a request without alternatives.</summary>
    public required string? Alternative { get; init; }

    public required DeviceClass Class { get; init; }

    public required ApiList<DeviceSelector> Selectors { get; init; }

    /// <summary>All devices that match, instead of <see cref="Count"/> of them.</summary>
    public required bool All { get; init; }

    public required long Count { get; init; }

    public required bool? AdminAccess { get; init; }

    public required ApiList<DeviceToleration> Tolerations { get; init; }

    public required CapacityRequirements? Capacity { get; init; }

    public string Name => Alternative is null ? Request : $"{Request}/{Alternative}";

    public bool IsAdmin => AdminAccess == true;

    /// <summary>Positions of the devices that may be given, the first to be taken first.</summary>
    public List<int> Candidates { get; } = [];

    /// <summary>What a share of each shared candidate takes.</summary>
    public Dictionary<int, ApiMap<Quantity>> Shares { get; } = [];

    /// <summary>Why it cannot be served whatever the other requests get; null when it may be.</summary>
    public string? Impossible { get; set; }
}
