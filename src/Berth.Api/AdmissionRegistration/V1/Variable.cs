using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>An expression with a name.</summary>
[Atomic]
public sealed partial record Variable
{
    /// <summary>Its name; others use it as variables.NAME.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Expression in CEL.</summary>
    [Field(2, Always = true, Required = true)]
    public string Expression { get; init; } = "";
}
