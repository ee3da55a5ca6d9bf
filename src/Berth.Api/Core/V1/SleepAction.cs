using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A pause.</summary>
public sealed partial record SleepAction
{
    /// <summary>Its length; 0 is no pause.</summary>
    [Field(1, Always = true, Required = true)]
    public long Seconds { get; init; }
}
