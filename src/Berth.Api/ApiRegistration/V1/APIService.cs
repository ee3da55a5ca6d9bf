using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.ApiRegistration.V1;

/// <summary>A version of an API group, and who serves it. Its name is VERSION.GROUP.</summary>
[Kind("apiregistration.k8s.io", "v1", "APIService")]
[Resource("apiservices", "apiservice", Namespaced = false, Categories = "api-extensions", Subresources = "status:get,patch,update")]
public sealed partial record APIService
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The version, and where it is served.</summary>
    [Field(2)]
    public APIServiceSpec Spec { get; init; } = APIServiceSpec.Empty;

    /// <summary>Whether it can be reached.</summary>
    [Field(3)]
    public APIServiceStatus Status { get; init; } = APIServiceStatus.Empty;
}
