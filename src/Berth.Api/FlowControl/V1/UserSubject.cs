using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>A user.</summary>
public sealed partial record UserSubject
{
    /// <summary>The name; * for all.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
