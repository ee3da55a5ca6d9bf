using System.Collections.Immutable;
using Berth.Api;
using Berth.Api.Authorization.V1;
using Berth.Api.Rbac.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Http;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Authorization;

/// <summary>Answers "may X do Y": the four access reviews (kubectl auth can-i).</summary>
internal sealed class AccessReviews(IAuthorizer authorizer, RbacAuthorizer roles)
{
    public async ValueTask<SubjectAccessReview> SubjectAsync(ApiRequest request, SubjectAccessReview review)
    {
        Validate(SubjectAccessReview.Kind, review.Spec);
        return review with { Status = await DecideAsync(UserOf(review.Spec), review.Spec.ResourceAttributes, review.Spec.NonResourceAttributes, request.Cancellation) };
    }

    public async ValueTask<LocalSubjectAccessReview> LocalAsync(ApiRequest request, LocalSubjectAccessReview review)
    {
        Validate(LocalSubjectAccessReview.Kind, review.Spec);
        var ns = request.Info.Namespace;
        if (review.Spec.ResourceAttributes is null)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.nonResourceAttributes", review.Spec.NonResourceAttributes, "disallowed on this kind of request");
            throw ApiStatusException.Invalid(LocalSubjectAccessReview.Kind, "", errors);
        }

        if (review.Spec.ResourceAttributes.Namespace != ns) throw ApiStatusException.BadRequest($"spec.resourceAttributes.namespace must match namespace: {ns}");
        return review with
        {
            Metadata = review.Metadata with { Namespace = ns },
            Status = await DecideAsync(UserOf(review.Spec), review.Spec.ResourceAttributes, null, request.Cancellation),
        };
    }

    public async ValueTask<SelfSubjectAccessReview> SelfAsync(ApiRequest request, SelfSubjectAccessReview review)
    {
        var errors = new FieldErrors();
        CheckAttributes(review.Spec.ResourceAttributes, review.Spec.NonResourceAttributes, errors);
        if (!errors.IsEmpty) throw ApiStatusException.Invalid(SelfSubjectAccessReview.Kind, "", errors);
        return review with { Status = await DecideAsync(request.User, review.Spec.ResourceAttributes, review.Spec.NonResourceAttributes, request.Cancellation) };
    }

    public ValueTask<SelfSubjectRulesReview> RulesAsync(ApiRequest request, SelfSubjectRulesReview review)
    {
        if (review.Spec.Namespace.Length == 0) throw ApiStatusException.BadRequest("no namespace on request");
        var rules = roles.RulesFor(request.User, review.Spec.Namespace).ToList();
        var isNode = NodeIdentity.NodeNameOf(request.User.Name, request.User.Groups) is not null;
        return new(review with
        {
            Status = new()
            {
                ResourceRules =
                [
                    .. rules.Where(r => !r.Resources.IsEmpty).Select(r => new ResourceRule
                    {
                        Verbs = r.Verbs, ApiGroups = r.ApiGroups, Resources = r.Resources, ResourceNames = r.ResourceNames,
                    }),
                ],
                NonResourceRules = [.. rules.Where(r => !r.NonResourceURLs.IsEmpty).Select(r => new NonResourceRule { Verbs = r.Verbs, NonResourceURLs = r.NonResourceURLs })],
                Incomplete = isNode,
                EvaluationError = isNode ? "node authorizer does not support user rule resolution" : "",
            },
        });
    }

    private async ValueTask<SubjectAccessReviewStatus> DecideAsync(
        UserInfo user, ResourceAttributes? resource, NonResourceAttributes? path, CancellationToken cancellation)
    {
        var attributes = resource is not null
            ? new AuthorizationAttributes(
                user, resource.Verb, resource.Group, resource.Version, resource.Resource, resource.Subresource, resource.Namespace, resource.Name, "", IsResourceRequest: true)
            {
                FieldSelector = resource.FieldSelector?.RawSelector ?? "",
                LabelSelector = resource.LabelSelector?.RawSelector ?? "",
            }
            : AuthorizationAttributes.ForPath(user, path!.Verb, path.Path);
        var decision = await authorizer.AuthorizeAsync(attributes, cancellation);
        return new() { Allowed = decision.Allowed, Reason = decision.Reason };
    }

    private static UserInfo UserOf(SubjectAccessReviewSpec spec) => new(
        spec.User,
        spec.Uid,
        [.. spec.Groups],
        spec.Extra.ToImmutableDictionary(e => e.Key, e => e.Value.ToImmutableArray()));

    private static void Validate(KindInfo kind, SubjectAccessReviewSpec spec)
    {
        var errors = new FieldErrors();
        CheckAttributes(spec.ResourceAttributes, spec.NonResourceAttributes, errors);
        if (spec.User.Length == 0 && spec.Groups.IsEmpty) errors.Invalid("spec.user", "", "at least one of user or group must be specified");
        if (!errors.IsEmpty) throw ApiStatusException.Invalid(kind, "", errors);
    }

    private static void CheckAttributes(ResourceAttributes? resource, NonResourceAttributes? path, FieldErrors errors)
    {
        if (resource is not null && path is not null)
            errors.Invalid("spec.nonResourceAttributes", path, "cannot be specified in combination with resourceAttributes");
        if (resource is null && path is null)
            errors.Invalid("spec.resourceAttributes", null, "exactly one of nonResourceAttributes or resourceAttributes must be specified");
    }
}
