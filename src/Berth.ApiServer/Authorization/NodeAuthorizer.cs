using System.Collections.Concurrent;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Rbac.V1;
using Berth.Api.Resource.V1;
using Berth.Api.Storage.V1;
using Berth.ApiServer.Registry;
using Berth.Resources.Volumes;

namespace Berth.ApiServer.Authorization;

/// <summary>
/// What node agents may do: read the objects that pods bound to their node need and nothing else of that kind, and the
/// fixed things that every node does. What a node may put into its own objects is for <see cref="NodeRestriction"/>.
/// </summary>
/// <remarks>
/// The pod that gave access is remembered per object, and looked at first the next time; so the usual question reads one pod,
/// and only a new one walks over the namespace's pods. Thread-safe.
/// </remarks>
public sealed class NodeAuthorizer(IObjectReader objects, IReadOnlyList<PolicyRule> nodeRules) : IAuthorizer
{
    // Objects per node times nodes; full, it starts anew.
    private const int RememberedMax = 100_000;

    private readonly ConcurrentDictionary<Need, string> _podByNeed = new();

    public async ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation = default)
    {
        var node = NodeIdentity.NodeNameOf(attributes.User.Name, attributes.User.Groups);
        if (node is null) return AuthorizationDecision.NoOpinion();
        if (node.Length == 0) return AuthorizationDecision.NoOpinion($"unknown node for user \"{attributes.User.Name}\"");
        if (attributes.IsResourceRequest)
        {
            switch (attributes.ApiGroup, attributes.Resource)
            {
                case ("", "secrets" or "configmaps"):
                    return await ReadAsync(node, attributes, cancellation);
                case ("", "persistentvolumeclaims") when attributes.Subresource == "status":
                    return attributes.Verb is "update" or "patch"
                        ? await RelatedAsync(node, attributes, cancellation)
                        : AuthorizationDecision.NoOpinion("can only get/update/patch this type");
                case ("", "persistentvolumes") when LocalVolumes(node, attributes):
                    return AuthorizationDecision.Allow("");
                case ("", "persistentvolumeclaims" or "persistentvolumes") or ("storage.k8s.io", "volumeattachments"):
                    return await GetAsync(node, attributes, cancellation);
                case ("", "serviceaccounts"):
                    return await ServiceAccountAsync(node, attributes, cancellation);
                case ("coordination.k8s.io", "leases"):
                    return Lease(node, attributes);
                case ("storage.k8s.io", "csinodes"):
                    return CsiNode(node, attributes);
                case ("resource.k8s.io", "resourceclaims"):
                    return await GetAsync(node, attributes, cancellation);
                case ("resource.k8s.io", "resourceslices"):
                    return await SliceAsync(node, attributes, cancellation);
                case ("", "nodes"):
                    return Node(node, attributes);
                case ("", "pods"):
                    return await PodAsync(node, attributes, cancellation);
            }
        }

        foreach (var rule in nodeRules)
        {
            if (RuleMatch.Allows(rule, attributes)) return AuthorizationDecision.Allow("");
        }

        return AuthorizationDecision.NoOpinion();
    }

    private ValueTask<AuthorizationDecision> ReadAsync(string node, AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        if (attributes.Verb is not ("get" or "list" or "watch")) return No("can only read resources of this type");
        if (attributes.Subresource.Length > 0) return No("cannot read subresource");
        return attributes.Namespace.Length == 0
            ? No("can only read namespaced object of this type")
            : RelatedAsync(node, attributes, cancellation);
    }

    private ValueTask<AuthorizationDecision> GetAsync(string node, AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        if (attributes.Verb != "get") return No("can only get individual resources of this type");
        return attributes.Subresource.Length > 0 ? No("cannot get subresource") : RelatedAsync(node, attributes, cancellation);
    }

    /// <summary>The built-in provisioner's volumes of the node, by their label, and writing to them: what, admission looks at.</summary>
    private static bool LocalVolumes(string node, AuthorizationAttributes attributes) => attributes.Subresource.Length == 0 && attributes.Verb switch
    {
        "list" or "watch" => attributes.LabelSelector == $"{LocalStorage.NodeLabel}={LocalStorage.NodeLabelValue(node)}",
        "update" => attributes.Name.Length > 0,
        _ => false,
    };

    private ValueTask<AuthorizationDecision> ServiceAccountAsync(string node, AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        if (attributes is { Verb: "get", Subresource: "" }) return ReadAsync(node, attributes, cancellation);
        if (attributes.Verb != "create" || attributes.Name.Length == 0) return No("can only create tokens for individual service accounts");
        return attributes.Subresource != "token"
            ? No("can only create token subresource of serviceaccount")
            : RelatedAsync(node, attributes, cancellation);
    }

    private static AuthorizationDecision Lease(string node, AuthorizationAttributes attributes)
    {
        if (attributes.Verb is not ("get" or "create" or "update" or "patch" or "delete"))
            return AuthorizationDecision.NoOpinion("can only get, create, update, patch, or delete a node lease");
        if (attributes.Namespace != "kube-node-lease")
            return AuthorizationDecision.NoOpinion("can only access leases in the \"kube-node-lease\" system namespace");
        // The name of what is created is not known here: admission looks at it.
        return attributes.Verb != "create" && attributes.Name != node
            ? AuthorizationDecision.NoOpinion("can only access node lease with the same name as the requesting node")
            : AuthorizationDecision.Allow("");
    }

    private static AuthorizationDecision CsiNode(string node, AuthorizationAttributes attributes)
    {
        if (attributes.Verb is not ("get" or "create" or "update" or "patch" or "delete"))
            return AuthorizationDecision.NoOpinion("can only get, create, update, patch, or delete a CSINode");
        if (attributes.Subresource.Length > 0) return AuthorizationDecision.NoOpinion("cannot authorize CSINode subresources");
        return attributes.Verb != "create" && attributes.Name != node
            ? AuthorizationDecision.NoOpinion("can only access CSINode with the same name as the requesting node")
            : AuthorizationDecision.Allow("");
    }

    private ValueTask<AuthorizationDecision> SliceAsync(string node, AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        if (attributes.Subresource.Length > 0) return No("cannot authorize ResourceSlice subresources");
        return attributes.Verb switch
        {
            // What is created is not known here: admission looks at it.
            "create" => new(AuthorizationDecision.Allow("")),
            "get" or "update" or "patch" or "delete" => RelatedAsync(node, attributes, cancellation),
            "watch" or "list" or "deletecollection" => SelectsNode(attributes.FieldSelector, node)
                ? new(AuthorizationDecision.Allow(""))
                : No("can only list/watch/deletecollection resourceslices with nodeName field selector"),
            _ => No("only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection"),
        };
    }

    private static AuthorizationDecision Node(string node, AuthorizationAttributes attributes) => (attributes.Subresource, attributes.Verb) switch
    {
        ("", "create" or "update" or "patch") => AuthorizationDecision.Allow(""),
        ("", "get" or "list" or "watch") when attributes.Name == node => AuthorizationDecision.Allow(""),
        ("", "get" or "list" or "watch") => AuthorizationDecision.NoOpinion(attributes.Name.Length == 0
            ? $"node '{node}' cannot read all nodes, only its own Node object"
            : $"node '{node}' cannot read '{attributes.Name}', only its own Node object"),
        ("status", "update" or "patch") => AuthorizationDecision.Allow(""),
        _ => AuthorizationDecision.NoOpinion(),
    };

    private ValueTask<AuthorizationDecision> PodAsync(string node, AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        switch (attributes.Subresource, attributes.Verb)
        {
            case ("", "get"):
                return RelatedAsync(node, attributes, cancellation);
            case ("", "list" or "watch"):
                if (SelectsNode(attributes.FieldSelector, node)) return new(AuthorizationDecision.Allow(""));
                return attributes.Name.Length > 0
                    ? RelatedAsync(node, attributes, cancellation)
                    : No("can only list/watch pods with spec.nodeName field selector");
            case ("", "create" or "delete") or ("status", "update" or "patch") or ("eviction", "create"):
                return new(AuthorizationDecision.Allow(""));
            // Giving back a pod that it cannot place; admission sees that it is nothing else.
            case ("binding", "create"):
                return RelatedAsync(node, attributes, cancellation);
            default:
                return No("");
        }
    }

    private static bool SelectsNode(string fieldSelector, string node)
    {
        foreach (var part in fieldSelector.Split(','))
        {
            var text = part.AsSpan().Trim();
            if (!text.StartsWith("spec.nodeName=")) continue;
            text = text["spec.nodeName=".Length..];
            if (text.StartsWith("=")) text = text[1..];
            if (text.SequenceEqual(node)) return true;
        }

        return false;
    }

    private async ValueTask<AuthorizationDecision> RelatedAsync(string node, AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        if (attributes.Name.Length == 0) return AuthorizationDecision.NoOpinion("No Object name found");
        var related = attributes.Resource switch
        {
            "pods" => (await objects.GetAsync<Pod>(attributes.Namespace, attributes.Name, cancellation))?.Spec.NodeName == node,
            "persistentvolumes" => await IsVolumeNeededAsync(node, attributes.Name, cancellation),
            "volumeattachments" => (await objects.GetAsync<VolumeAttachment>(null, attributes.Name, cancellation))?.Spec.NodeName == node,
            "secrets" => await IsNeededAsync(new(node, "secrets", attributes.Namespace, attributes.Name), PodReferences.UsesSecret, cancellation)
                || await IsVolumeSecretAsync(node, attributes.Namespace, attributes.Name, cancellation),
            "configmaps" => await IsNeededAsync(new(node, "configmaps", attributes.Namespace, attributes.Name), PodReferences.UsesConfigMap, cancellation),
            "persistentvolumeclaims" => await IsNeededAsync(new(node, "claims", attributes.Namespace, attributes.Name), PodReferences.UsesClaim, cancellation),
            "resourceclaims" => await IsNeededAsync(new(node, "resourceclaims", attributes.Namespace, attributes.Name), PodReferences.UsesResourceClaim, cancellation),
            "resourceslices" => (await objects.GetAsync<ResourceSlice>(null, attributes.Name, cancellation))?.Spec.NodeName == node,
            "serviceaccounts" => await IsNeededAsync(new(node, "serviceaccounts", attributes.Namespace, attributes.Name), PodReferences.UsesServiceAccount, cancellation),
            _ => false,
        };
        return related
            ? AuthorizationDecision.Allow("")
            : AuthorizationDecision.NoOpinion($"no relationship found between node '{node}' and this object");
    }

    private async ValueTask<bool> IsNeededAsync(Need need, Func<Pod, string, bool> uses, CancellationToken cancellation)
    {
        if (_podByNeed.TryGetValue(need, out var podName)
            && await objects.GetAsync<Pod>(need.Namespace, podName, cancellation) is { } remembered
            && Holds(remembered))
            return true;

        foreach (var pod in objects.List<Pod>(need.Namespace))
        {
            if (!Holds(pod)) continue;
            if (_podByNeed.Count >= RememberedMax) _podByNeed.Clear();
            _podByNeed[need] = pod.Metadata.Name;
            return true;
        }

        _podByNeed.TryRemove(need, out _);
        return false;

        // A mirror pod only shows what a node runs anyway. Were it to give access, a node could help itself by making one.
        bool Holds(Pod pod) =>
            pod.Spec.NodeName == need.Node && !pod.Metadata.Annotations.ContainsKey("kubernetes.io/config.mirror") && uses(pod, need.Name);
    }

    private async ValueTask<bool> IsVolumeNeededAsync(string node, string volume, CancellationToken cancellation) =>
        (await objects.GetAsync<PersistentVolume>(null, volume, cancellation))?.Spec.ClaimRef is { } claim
        && await IsNeededAsync(new(node, "claims", claim.Namespace, claim.Name), PodReferences.UsesClaim, cancellation);

    /// <summary>Is it a secret that the CSI driver of a volume wants on the node?</summary>
    private async ValueTask<bool> IsVolumeSecretAsync(string node, string ns, string name, CancellationToken cancellation)
    {
        foreach (var volume in objects.List<PersistentVolume>())
        {
            if (volume.Spec.Csi is not { } csi || volume.Spec.ClaimRef is null) continue;
            if (!Names(csi.NodePublishSecretRef) && !Names(csi.NodeStageSecretRef) && !Names(csi.NodeExpandSecretRef)) continue;
            if (await IsVolumeNeededAsync(node, volume.Metadata.Name, cancellation)) return true;
        }

        return false;

        bool Names(SecretReference? reference) => reference is not null && reference.Name == name && reference.Namespace == ns;
    }

    private static ValueTask<AuthorizationDecision> No(string reason) => new(AuthorizationDecision.NoOpinion(reason));

    private readonly record struct Need(string Node, string Kind, string Namespace, string Name);
}
