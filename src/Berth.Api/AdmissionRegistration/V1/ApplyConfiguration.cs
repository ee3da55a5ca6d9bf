using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>A change in the form of server-side apply.</summary>
public sealed partial record ApplyConfiguration
{
    /// <summary>
    /// Expression in CEL that gives the fields to set, as Object{...}. It knows object, oldObject, request, params, namespaceObject,
    /// variables and authorizer.
    /// </summary>
    [Field(1)]
    public string Expression { get; init; } = "";
}
