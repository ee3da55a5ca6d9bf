using Berth.Api;
using Berth.Api.Authentication.V1;
using Berth.Api.Coordination.V1;
using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using Berth.Api.Storage.V1;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.Resources.Volumes;
using TokenRequest = Berth.Api.Authentication.V1.TokenRequest;

namespace Berth.ApiServer.Authorization;

/// <summary>
/// Holds node agents to their own Node, Lease and pods, and keeps from them the labels and taints by which others steer
/// work to nodes. <see cref="NodeAuthorizer"/> lets them write these kinds; this looks at what they write.
/// </summary>
public sealed class NodeRestriction(IObjectReader objects) : IAdmissionPlugin
{
    private static readonly HashSet<string> NodeLabels = new(StringComparer.Ordinal)
    {
        "kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch",
        "beta.kubernetes.io/os", "beta.kubernetes.io/arch",
        "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type",
        "topology.kubernetes.io/region", "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone",
    };

    public string Name => "NodeRestriction";

    public async ValueTask ValidateAsync(AdmissionAttributes a, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        if (NodeIdentity.NodeNameOf(a.UserName, a.UserGroups) is not { } node) return;
        if (node.Length == 0) throw Refuse(a, $"could not determine node from user \"{a.UserName}\"");
        switch (a.Kind.Group, a.Kind.Plural)
        {
            case ("", "pods"):
                await PodAsync(a, node, value, old, cancellation);
                break;
            case ("", "nodes"):
                CheckNode(a, node, value as Node, old as Node);
                break;
            case ("", "persistentvolumeclaims") when a.Subresource != "status":
                throw Refuse(a, "may only update PVC status");
            case ("", "persistentvolumes"):
                CheckVolume(a, node, value as PersistentVolume, old as PersistentVolume);
                break;
            case ("coordination.k8s.io", "leases"):
                CheckLease(a, node, value as Lease);
                break;
            case ("resource.k8s.io", "resourceslices"):
                CheckSlice(a, node, value as ResourceSlice, old as ResourceSlice);
                break;
            case ("storage.k8s.io", "csinodes") when NameOf(a, value) != node:
                throw Refuse(a, "can only access CSINode with the same name as the requesting node");
        }
    }

    /// <summary>Called by the token subresource: a node gets tokens for its own pods only, and for whom these pods want them.</summary>
    /// <exception cref="ApiStatusException">403.</exception>
    public static async ValueTask CheckTokenRequestAsync(
        string userName, IReadOnlyList<string> groups, string ns, string account, TokenRequest request, Pod? pod, IObjectReader objects, CancellationToken cancellation)
    {
        if (NodeIdentity.NodeNameOf(userName, groups) is not { } node) return;
        if (request.Spec.BoundObjectRef is not { Kind: "Pod", ApiVersion: "v1", Name.Length: > 0 } reference) throw No("node requested token not bound to a pod");
        if (reference.Uid.Length == 0) throw No("node requested token with a pod binding without a uid");
        if (pod is null) throw ApiStatusException.NotFound("", "pods", reference.Name);
        if (pod.Metadata.Uid != reference.Uid)
            throw No($"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. The object might have been deleted and then recreated");
        if (pod.Spec.NodeName != node) throw No("node requested token bound to a pod scheduled on a different node");
        var wanted = PodReferences.TokenAudiences(pod).ToHashSet(StringComparer.Ordinal);
        foreach (var audience in request.Spec.Audiences)
        {
            if (!wanted.Contains(audience) && !await IsWantedByDriverAsync(pod, audience, objects, cancellation)) throw No($"audience \"{audience}\" not found in pod spec volume, {ns}/{account}");
        }

        ApiStatusException No(string message) => ApiStatusException.Forbidden("", "serviceaccounts", account, message);
    }

    /// <summary>CSI drivers may ask for tokens of the pods whose volumes they mount.</summary>
    private static async ValueTask<bool> IsWantedByDriverAsync(Pod pod, string audience, IObjectReader objects, CancellationToken cancellation)
    {
        var drivers = pod.Spec.Volumes.Select(v => v.Csi?.Driver).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var name in PodReferences.Claims(pod))
        {
            var claim = await objects.GetAsync<PersistentVolumeClaim>(pod.Metadata.Namespace, name, cancellation);
            if (claim?.Spec.VolumeName is { Length: > 0 } volume && (await objects.GetAsync<PersistentVolume>(null, volume, cancellation))?.Spec.Csi is { } csi)
                drivers.Add(csi.Driver);
        }

        foreach (var driver in drivers)
        {
            if ((await objects.GetAsync<CSIDriver>(null, driver, cancellation))?.Spec.TokenRequests.Any(t => t.Audience == audience) == true) return true;
        }

        return false;
    }

    private async ValueTask PodAsync(AdmissionAttributes a, string node, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        switch (a.Subresource, a.Operation)
        {
            case ("", AdmissionOperation.Create):
                await MirrorPodAsync(a, node, (Pod)value!, cancellation);
                break;
            case ("", AdmissionOperation.Delete):
                var deleted = old as Pod ?? await objects.GetAsync<Pod>(a.Namespace, a.Name, cancellation);
                if (deleted is not null && deleted.Spec.NodeName != node)
                    throw Refuse(a, $"node \"{node}\" can only delete pods with spec.nodeName set to itself");
                break;
            case ("", _):
                throw Refuse(a, $"unexpected operation \"{a.Operation.ToString().ToUpperInvariant()}\", node \"{node}\" can only create and delete mirror pods");
            case ("status", AdmissionOperation.Update):
                if (old is not Pod before || before.Spec.NodeName != node)
                    throw Refuse(a, $"node \"{node}\" can only update pod status for pods with spec.nodeName set to itself");
                if (value is not Pod after || !after.Metadata.Labels.Equals(before.Metadata.Labels))
                    throw Refuse(a, $"node \"{node}\" cannot update labels through pod status");
                break;
            case ("binding", _):
                if (old is not Pod bound || bound.Spec.NodeName != node || value is not Pod { Spec.NodeName: "" })
                    throw Refuse(a, $"node \"{node}\" can only give back pods with spec.nodeName set to itself");
                break;
            case ("eviction", AdmissionOperation.Create):
                var evicted = await objects.GetAsync<Pod>(a.Namespace, NameOf(a, value), cancellation);
                if (evicted is not null && evicted.Spec.NodeName != node)
                    throw Refuse(a, $"node {node} can only evict pods with spec.nodeName set to itself");
                break;
            default:
                throw Refuse(a, $"unexpected pod subresource \"{a.Subresource}\", only 'status' and 'eviction' are allowed");
        }
    }

    private async ValueTask MirrorPodAsync(AdmissionAttributes a, string node, Pod pod, CancellationToken cancellation)
    {
        if (!pod.Metadata.Annotations.ContainsKey("kubernetes.io/config.mirror"))
            throw Refuse(a, $"pod does not have \"kubernetes.io/config.mirror\" annotation, node \"{node}\" can only create mirror pods");
        if (pod.Spec.NodeName != node) throw Refuse(a, $"node \"{node}\" can only create pods with spec.nodeName set to itself");
        if (pod.Metadata.OwnerReferences is not [{ ApiVersion: "v1", Kind: "Node" } owner] || owner.Name != node)
            throw Refuse(a, $"node \"{node}\" can only create pods with an owner reference set to itself");
        if (owner.Controller != true) throw Refuse(a, $"node \"{node}\" can only create pods with a controller owner reference set to itself");
        if (owner.BlockOwnerDeletion == true) throw Refuse(a, $"node \"{node}\" must not set blockOwnerDeletion on an owner reference");
        var own = await objects.GetAsync<Node>(null, node, cancellation) ?? throw ApiStatusException.NotFound(Node.Kind, node);
        if (own.Metadata.Uid != owner.Uid) throw Refuse(a, $"node {node} UID mismatch: expected {owner.Uid} got {own.Metadata.Uid}");
        if (PodReferences.FirstReference(pod) is { } resource) throw Refuse(a, $"node \"{node}\" can not create pods that reference {resource}");
    }

    private static void CheckNode(AdmissionAttributes a, string node, Node? value, Node? old)
    {
        var name = NameOf(a, value);
        if (name != node) throw Refuse(a, $"node \"{node}\" is not allowed to modify node \"{name}\"");
        if (value is null) return;
        var forbidden = Changed(value.Metadata.Labels, old?.Metadata.Labels ?? []).Where(IsKeptFromNodes).Order(StringComparer.Ordinal).ToList();
        if (old is null)
        {
            if (forbidden.Count > 0) throw Refuse(a, $"node \"{node}\" is not allowed to set the following labels: {string.Join(", ", forbidden)}");
            return;
        }

        if (!value.Spec.Taints.Equals(old.Spec.Taints)) throw Refuse(a, $"node \"{node}\" is not allowed to modify taints");
        if (!value.Metadata.OwnerReferences.Equals(old.Metadata.OwnerReferences)) throw Refuse(a, $"node \"{node}\" is not allowed to modify ownerReferences");
        if (forbidden.Count > 0) throw Refuse(a, $"is not allowed to modify labels: {string.Join(", ", forbidden)}");
    }

    /// <summary>A node says of its own local volumes that their files are gone, and nothing else.</summary>
    private static void CheckVolume(AdmissionAttributes a, string node, PersistentVolume? value, PersistentVolume? old)
    {
        if (a.Operation != AdmissionOperation.Update || a.Subresource.Length > 0 || value is null || old is null
            || !LocalStorage.Made(old) || old.Metadata.Annotations.GetOr(LocalStorage.NodeName) != node)
            throw Refuse(a, $"node \"{node}\" can only update its own local volumes");
        var rest = old.Metadata.Finalizers.Where(f => f != LocalStorage.FilesFinalizer).ToApiList();
        if (value.Spec != old.Spec || value.Status != old.Status || !value.Metadata.Labels.Equals(old.Metadata.Labels) || !value.Metadata.Annotations.Equals(old.Metadata.Annotations)
            || !value.Metadata.OwnerReferences.Equals(old.Metadata.OwnerReferences)
            || !(value.Metadata.Finalizers.Equals(old.Metadata.Finalizers) || value.Metadata.Finalizers.Equals(rest)))
            throw Refuse(a, $"node \"{node}\" may only take the finalizer {LocalStorage.FilesFinalizer} from its own local volumes");
    }

    private static void CheckSlice(AdmissionAttributes a, string node, ResourceSlice? value, ResourceSlice? old)
    {
        if (a.Operation is AdmissionOperation.Create or AdmissionOperation.Update && value is not null && value.Spec.NodeName != node)
            throw Refuse(a, $"can only {a.Operation.ToString().ToLowerInvariant()} ResourceSlices with the same NodeName as the requesting node");
        if (a.Operation == AdmissionOperation.Delete && old is not null && old.Spec.NodeName != node)
            throw Refuse(a, "can only delete ResourceSlices with the same NodeName as the requesting node");
    }

    private static void CheckLease(AdmissionAttributes a, string node, Lease? value)
    {
        // Nodes agree by these on who announces the address of a load balancer.
        if (a.Namespace == "kube-system" && NameOf(a, value).StartsWith("berth-lb-", StringComparison.Ordinal)) return;
        if (a.Namespace != "kube-node-lease") throw Refuse(a, "can only access leases in the \"kube-node-lease\" system namespace");
        if (NameOf(a, value) != node) throw Refuse(a, "can only access node lease with the same name as the requesting node");
    }

    private static IEnumerable<string> Changed(ApiMap<string> now, ApiMap<string> before) =>
        now.Keys.Concat(before.Keys).Distinct().Where(key => now.GetOr(key) != before.GetOr(key));

    private static bool IsKeptFromNodes(string label)
    {
        var slash = label.IndexOf('/', StringComparison.Ordinal);
        var domain = slash < 0 ? "" : label[..slash];
        if (IsWithin(domain, "node-restriction.kubernetes.io")) return true;
        var isReserved = IsWithin(domain, "kubernetes.io") || IsWithin(domain, "k8s.io");
        return isReserved && !NodeLabels.Contains(label) && !IsWithin(domain, "kubelet.kubernetes.io") && !IsWithin(domain, "node.kubernetes.io");
    }

    private static bool IsWithin(string domain, string parent) =>
        domain == parent || (domain.EndsWith(parent, StringComparison.Ordinal) && domain[^(parent.Length + 1)] == '.');

    private static string NameOf(AdmissionAttributes a, IApiObject? value) =>
        a.Name.Length > 0 ? a.Name : value?.Metadata.Name ?? "";

    private static ApiStatusException Refuse(AdmissionAttributes a, string message) =>
        ApiStatusException.Forbidden(a.Kind, a.Name, message);
}
