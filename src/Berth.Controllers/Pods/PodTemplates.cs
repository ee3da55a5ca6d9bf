using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.Controllers.Pods;

/// <summary>Makes pods from templates.</summary>
public static class PodTemplates
{
    // The server adds five characters to a generateName and refuses pods whose names are longer than 253.
    private const int PrefixMax = 247;

    /// <summary>A pod of this template, owned by <paramref name="owner"/>, whose name the server completes.</summary>
    public static Pod Pod(PodTemplateSpec template, IApiObject owner) => new()
    {
        Metadata = new ObjectMeta
        {
            GenerateName = Prefix(owner.Metadata.Name),
            Namespace = owner.Metadata.Namespace,
            Labels = template.Metadata.Labels,
            Annotations = template.Metadata.Annotations,
            Finalizers = template.Metadata.Finalizers,
            OwnerReferences = [ControllerRefs.Make(owner)],
        },
        Spec = template.Spec,
    };

    private static string Prefix(string name) => (name.Length <= PrefixMax ? name : name[..PrefixMax]) + "-";
}
