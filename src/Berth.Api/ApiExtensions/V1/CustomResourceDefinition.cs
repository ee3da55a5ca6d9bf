using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

[Kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")]
[Resource("customresourcedefinitions", "customresourcedefinition", Namespaced = false, ShortNames = "crd,crds", Categories = "api-extensions", Subresources = "status:get,patch,update")]
public sealed partial record CustomResourceDefinition
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Required = true)]
    public CustomResourceDefinitionSpec Spec { get; init; } = CustomResourceDefinitionSpec.Empty;

    [Field(3)]
    public CustomResourceDefinitionStatus Status { get; init; } = CustomResourceDefinitionStatus.Empty;
}
