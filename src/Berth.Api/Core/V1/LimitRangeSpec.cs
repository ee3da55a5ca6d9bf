using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Limits of a namespace.</summary>
public sealed partial record LimitRangeSpec
{
    /// <summary>The limits, by type.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<LimitRangeItem> Limits { get; init; } = [];
}
