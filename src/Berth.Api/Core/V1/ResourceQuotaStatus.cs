using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What is used of a quota.</summary>
public sealed partial record ResourceQuotaStatus
{
    /// <summary>The limits that hold.</summary>
    [Field(1)]
    public ApiMap<Quantity> Hard { get; init; } = [];

    /// <summary>What is used of each.</summary>
    [Field(2)]
    public ApiMap<Quantity> Used { get; init; } = [];
}
