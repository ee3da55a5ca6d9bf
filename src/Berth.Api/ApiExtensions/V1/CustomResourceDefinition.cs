using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>A kind that users add to the API. Its name is PLURAL.GROUP.</summary>
[Kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")]
[Resource("customresourcedefinitions", "customresourcedefinition", Namespaced = false, ShortNames = "crd,crds", Categories = "api-extensions", Subresources = "status:get,patch,update")]
public sealed partial record CustomResourceDefinition
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The kind: its names, versions and schemas.</summary>
    [Field(2, Required = true)]
    public CustomResourceDefinitionSpec Spec { get; init; } = CustomResourceDefinitionSpec.Empty;

    /// <summary>Whether it is served, and under which names.</summary>
    [Field(3)]
    public CustomResourceDefinitionStatus Status { get; init; } = CustomResourceDefinitionStatus.Empty;
}
