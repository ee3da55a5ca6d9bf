using System.Security.Cryptography;
using Berth.Api;
using Berth.Api.Authorization.V1;
using Berth.Api.Certificates.V1;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Informers;

namespace Berth.Controllers.CertificateSigning;

/// <summary>
/// Brings certificate requests to their end: 1. approves those of nodes that may have them, 2. signs what is approved for
/// Kubernetes' own signers, 3. removes requests that are over.
/// </summary>
public sealed class CertificateSigningController : Controller
{
    // Kubernetes' numbers.
    private static readonly TimeSpan s_lifetimeMax = TimeSpan.FromDays(365);
    private static readonly TimeSpan s_lifetimeMin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_keepDecided = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_keepPending = TimeSpan.FromDays(1);

    // How long a node may take to have the addresses that it asks for in its Node object.
    private static readonly TimeSpan s_addressWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_addressRetry = TimeSpan.FromSeconds(1);

    private readonly ICertificateSigner _signer;
    private readonly Informer<CertificateSigningRequest> _requests;
    private readonly Informer<Node> _nodes;

    public CertificateSigningController(ControllerContext context, ICertificateSigner signer)
        : base(context, "certificate-controller", workers: 2)
    {
        _signer = signer;
        _requests = context.Informers.For<CertificateSigningRequest>();
        _nodes = context.Informers.For<Node>();
        _requests.AddHandler(Enqueue, (_, request) => Enqueue(request), null);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_requests.Cache.Get("", key.Name) is not { } request || request.Metadata.DeletionTimestamp is not null)
            return;
        var now = Time.GetUtcNow();

        // 3.
        var over = EndOf(request);
        if (over <= now)
        {
            await DeleteAsync(request, ct).ConfigureAwait(false);
            return;
        }

        Queue.AddAfter(key, over - now);
        if (!SignerPolicy.IsOurs(request.Spec.SignerName) || request.Status.Certificate is not null || Has(request, "Denied") || Has(request, "Failed"))
            return;

        RequestedSubject subject;
        try
        {
            subject = RequestedSubject.Read(request.Spec.Request?.ToUtf8() ?? "");
        }
        catch (Exception e) when (e is CryptographicException or System.Formats.Asn1.AsnContentException)
        {
            if (Has(request, "Approved"))
                await FailAsync(request, $"unable to parse the request: {e.Message}", ct).ConfigureAwait(false);
            return;
        }

        if (!Has(request, "Approved"))
            await ApproveAsync(request, subject, now, ct).ConfigureAwait(false); // 1. The watch brings it back for 2.
        else
            await SignAsync(request, subject, ct).ConfigureAwait(false); // 2.
    }

    private static bool Has(CertificateSigningRequest request, string type) => request.Status.Conditions.Any(c => c.Type == type);

    private static DateTimeOffset EndOf(CertificateSigningRequest request)
    {
        var decided = request.Status.Conditions.Where(c => c.Type is "Denied" or "Failed" || (c.Type == "Approved" && request.Status.Certificate is not null))
            .Select(c => c.LastUpdateTime?.Value).FirstOrDefault(t => t is not null);
        return decided + s_keepDecided ?? (request.Metadata.CreationTimestamp?.Value ?? DateTimeOffset.MaxValue - s_keepPending) + s_keepPending;
    }

    private async Task ApproveAsync(CertificateSigningRequest request, RequestedSubject subject, DateTimeOffset now, CancellationToken ct)
    {
        if (NodeRequestApproval.Permission(request.Spec, subject) is { } permission)
        {
            if (await MayAsync(request.Spec, permission, ct).ConfigureAwait(false))
                await DecideAsync(request, "Approved", "AutoApproved", $"Auto approving kubelet client certificate after SubjectAccessReview for {permission}.", ct).ConfigureAwait(false);
        }
        else if (NodeRequestApproval.IsOwnServing(request.Spec, subject))
        {
            if (NodeRequestApproval.ServingProblem(subject, _nodes.Cache.List()) is not { } problem)
                await DecideAsync(request, "Approved", "AutoApproved", "Auto approving serving certificate for the node's own addresses.", ct).ConfigureAwait(false);
            else if (now - (request.Metadata.CreationTimestamp?.Value ?? now) < s_addressWait)
                Queue.AddAfter(ObjectKey.Of(request), s_addressRetry);
            else
                await DecideAsync(request, "Denied", "AddressNotOwned", problem, ct).ConfigureAwait(false);
        }
    }

    private async Task<bool> MayAsync(CertificateSigningRequestSpec spec, string subresource, CancellationToken ct)
    {
        var review = new SubjectAccessReview
        {
            Spec = new()
            {
                User = spec.Username,
                Groups = spec.Groups,
                Uid = spec.Uid,
                Extra = spec.Extra,
                ResourceAttributes = new() { Group = "certificates.k8s.io", Resource = "certificatesigningrequests", Verb = "create", Subresource = subresource },
            },
        };
        return (await Client.CreateAsync(review, ct: ct).ConfigureAwait(false)).Status.Allowed;
    }

    private async Task SignAsync(CertificateSigningRequest request, RequestedSubject subject, CancellationToken ct)
    {
        if (SignerPolicy.Problem(request.Spec, subject) is { } problem)
        {
            await FailAsync(request, problem, ct).ConfigureAwait(false);
            return;
        }

        var asked = request.Spec.ExpirationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : s_lifetimeMax;
        var lifetime = asked < s_lifetimeMin ? s_lifetimeMin : asked > s_lifetimeMax ? s_lifetimeMax : asked;
        string certificate;
        try
        {
            certificate = _signer.Sign(request.Spec.Request!.ToUtf8(), SignerPolicy.PurposeOf(request.Spec), lifetime);
        }
        catch (CryptographicException e)
        {
            await FailAsync(request, e.Message, ct).ConfigureAwait(false);
            return;
        }

        await Client.UpdateStatusAsync(request with { Status = request.Status with { Certificate = ByteString.FromUtf8(certificate) } }, ct: ct).ConfigureAwait(false);
    }

    private Task DecideAsync(CertificateSigningRequest request, string type, string reason, string message, CancellationToken ct) =>
        Client.UpdateSubresourceAsync(With(request, type, reason, message), "approval", ct: ct);

    private Task FailAsync(CertificateSigningRequest request, string message, CancellationToken ct) =>
        Client.UpdateStatusAsync(With(request, "Failed", "SignerValidationFailure", message), ct: ct);

    private static CertificateSigningRequest With(CertificateSigningRequest request, string type, string reason, string message) => request with
    {
        Status = request.Status with
        {
            Conditions = request.Status.Conditions.Add(new CertificateSigningRequestCondition { Type = type, Status = "True", Reason = reason, Message = message }),
        },
    };

    private async Task DeleteAsync(CertificateSigningRequest request, CancellationToken ct)
    {
        try
        {
            await Client.DeleteAsync<CertificateSigningRequest>(null, request.Metadata.Name, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Somebody else removed it.
        }
    }
}
