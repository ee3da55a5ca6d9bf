using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>A condition in CEL without which a request is passed over.</summary>
public sealed partial record MatchCondition
{
    /// <summary>Its name, unique in the list.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Expression that gives true or false. It knows object, oldObject, request and authorizer.</summary>
    [Field(2, Always = true, Required = true)]
    public string Expression { get; init; } = "";
}
