using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A part of the cluster with names, rights and quotas of its own. Deleting it deletes all that is in it.</summary>
[Kind("", "v1", "Namespace")]
[Resource("namespaces", "namespace", Namespaced = false, ShortNames = "ns", Verbs = "create,delete,get,list,patch,update,watch", Subresources = "finalize:update;status:get,patch,update")]
public sealed partial record Namespace
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>What is wanted of the namespace.</summary>
    [Field(2)]
    public NamespaceSpec Spec { get; init; } = NamespaceSpec.Empty;

    /// <summary>What is so.</summary>
    [Field(3)]
    public NamespaceStatus Status { get; init; } = NamespaceStatus.Empty;
}
