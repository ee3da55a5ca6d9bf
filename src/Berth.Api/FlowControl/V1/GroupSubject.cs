using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>A group of users.</summary>
public sealed partial record GroupSubject
{
    /// <summary>Its name; * for all.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
