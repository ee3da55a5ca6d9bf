using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Validation;

/// <summary>Rules of resource names and quantities.</summary>
public static class ResourceRules
{
    /// <param name="podClaims">Names in the pod's <c>spec.resourceClaims</c>.</param>
    /// <param name="name">Rule of each resource's name: containers and pods allow different ones.</param>
    public static void Requirements(
        FieldErrors errors, FieldPath path, ResourceRequirements resources, IReadOnlyCollection<string> podClaims, Action<FieldErrors, FieldPath, string> name)
    {
        var (limits, requests) = (path["limits"], path["requests"]);
        bool hugePages = false, compute = false;
        foreach (var (resource, quantity) in resources.Limits.AsSpan())
            Amount(limits, resource, quantity);
        foreach (var (resource, quantity) in resources.Requests.AsSpan())
        {
            Amount(requests, resource, quantity);
            if (!resources.Limits.TryGetValue(resource, out var limit))
            {
                if (!ResourceNames.AllowsOvercommit(resource))
                    errors.Required(limits, "Limit must be set for non overcommitable resources");
            }
            else if (quantity != limit && !ResourceNames.AllowsOvercommit(resource))
            {
                errors.Invalid(requests, quantity, $"must be equal to {resource} limit of {limit}");
            }
            else if (quantity > limit)
            {
                errors.Invalid(requests, quantity, $"must be less than or equal to {resource} limit of {limit}");
            }
        }

        if (hugePages && !compute)
            errors.Forbidden(path, "HugePages require cpu or memory");
        Claims(errors, path["claims"], resources.Claims, podClaims);

        void Amount(FieldPath parent, string resource, Quantity quantity)
        {
            var at = parent.Key(resource);
            name(errors, at, resource);
            Value(errors, at, resource, quantity);
            compute |= resource is "cpu" or "memory";
            if (!ResourceNames.IsHugePages(resource))
                return;
            hugePages = true;
            if (!ResourceNames.IsDivisible(resource, quantity))
                errors.Invalid(at, quantity, $"{quantity} is not positive integer multiple of {resource}");
        }
    }

    public static bool Name(FieldErrors errors, FieldPath path, string name)
    {
        var problems = NameSyntax.QualifiedName(name);
        errors.Invalid(path, name, problems);
        if (problems.Length > 0)
            return false;
        if (name.Contains('/', StringComparison.Ordinal) || ResourceNames.IsStandard(name))
            return true;
        errors.Invalid(path, name, "must be a standard resource type or fully qualified");
        return false;
    }

    public static void ContainerName(FieldErrors errors, FieldPath path, string name)
    {
        Name(errors, path, name);
        if (!name.Contains('/', StringComparison.Ordinal))
        {
            if (!ResourceNames.IsContainer(name))
                errors.Invalid(path, name, "must be a standard resource for containers");
        }
        else if (!ResourceNames.IsNative(name) && !ResourceNames.IsExtended(name))
        {
            errors.Invalid(path, name, "doesn't follow extended resource name standard");
        }
    }

    public static void PodName(FieldErrors errors, FieldPath path, string name)
    {
        if (Name(errors, path, name) && name is not ("cpu" or "memory") && !ResourceNames.IsHugePages(name))
            errors.NotSupported(path, name, "cpu", "hugepages-", "memory");
    }

    public static void QuotaName(FieldErrors errors, FieldPath path, string name)
    {
        Name(errors, path, name);
        if (!name.Contains('/', StringComparison.Ordinal) && !ResourceNames.IsQuota(name))
            errors.Invalid(path, name, "must be a standard resource for quota");
    }

    public static void Value(FieldErrors errors, FieldPath path, string name, Quantity quantity)
    {
        BasicRules.NonNegative(errors, path, quantity);
        if (ResourceNames.IsWhole(name) && quantity.MilliValue % 1000 != 0)
            errors.Invalid(path, quantity, "must be an integer");
    }

    private static void Claims(FieldErrors errors, FieldPath path, ApiList<ResourceClaim> claims, IReadOnlyCollection<string> podClaims)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < claims.Count; i++)
        {
            var (claim, at) = (claims[i], path[i]);
            if (claim.Name.Length == 0)
            {
                errors.Required(at);
                continue;
            }

            if (claim.Request.Length > 0)
                errors.Invalid(at["request"], claim.Request, NameSyntax.DnsLabel(claim.Request));
            var key = claim.Request.Length == 0 ? claim.Name : $"{claim.Name}/{claim.Request}";
            if (seen.Contains(claim.Name))
                errors.Duplicate(at, claim.Name);
            else if (!seen.Add(key) || (claim.Request.Length == 0 && seen.Any(s => s.StartsWith(claim.Name + "/", StringComparison.Ordinal))))
                errors.Duplicate(at, key);
            if (!podClaims.Contains(claim.Name))
            {
                errors.NotFound(at, claim.Name, "must be one of the names in pod.spec.resourceClaims"
                    + (podClaims.Count == 0 ? " which is empty" : ": " + string.Join(", ", podClaims.Order(StringComparer.Ordinal))));
            }
        }
    }
}
