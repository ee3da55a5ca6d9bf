using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Size of a volume.</summary>
public sealed partial record VolumeResourceRequirements
{
    /// <summary>Size at most.</summary>
    [Field(1)]
    public ApiMap<Quantity> Limits { get; init; } = [];

    /// <summary>Size at least, as storage.</summary>
    [Field(2)]
    public ApiMap<Quantity> Requests { get; init; } = [];
}
