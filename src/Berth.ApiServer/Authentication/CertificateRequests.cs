using System.Formats.Asn1;
using System.Security.Cryptography;
using Berth.Api;
using Berth.Api.Certificates.V1;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Http;
using SigningRequest = System.Security.Cryptography.X509Certificates.CertificateRequest;

namespace Berth.ApiServer.Authentication;

/// <summary>
/// Guards CertificateSigningRequests: they carry who really made them, only who may approve or sign for a signer does so, and
/// nobody asks for a client certificate of the group that may do everything.
/// </summary>
public sealed class CertificateRequests(IAuthorizer authorizer, TimeProvider time) : IAdmissionPlugin
{
    private const string ClientSigner = "kubernetes.io/kube-apiserver-client";

    public string Name => "CertificateApproval";

    public ValueTask<T> MutateAsync<T>(AdmissionAttributes attributes, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        if (value is not CertificateSigningRequest request) return new(value);
        var before = (old as CertificateSigningRequest)?.Status.Conditions ?? [];
        var result = (attributes.Operation, attributes.Subresource) switch
        {
            (AdmissionOperation.Create, "") => request with
            {
                Spec = request.Spec with { Username = attributes.UserName, Groups = [.. attributes.UserGroups], Uid = "", Extra = [] },
            },
            (AdmissionOperation.Update, "approval") => WithConditions(request, request.Status.Conditions, before),
            // Who writes the status does not approve: these conditions stay what they were.
            (AdmissionOperation.Update, "status") => WithConditions(
                request, [.. before.Where(IsVerdict), .. request.Status.Conditions.Where(c => !IsVerdict(c))], before),
            _ => request,
        };
        return new((T)(IApiObject)result);
    }

    public async ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        if (value is not CertificateSigningRequest request) return;
        switch (attributes.Subresource)
        {
            case "" when old is null:
                CheckSubject(attributes, request);
                break;
            case "approval":
                await CheckAsync("approve", request.Spec.SignerName);
                break;
            case "status" when old is CertificateSigningRequest before && !Equals(before.Status.Certificate, request.Status.Certificate):
                await CheckAsync("sign", request.Spec.SignerName);
                break;
        }

        async ValueTask CheckAsync(string verb, string signer)
        {
            var user = UserInfo.Of(attributes.UserName, [.. attributes.UserGroups]);
            // Who may act for "example.org/*" may act for each signer of the domain.
            var domain = signer.Split('/')[0] + "/*";
            foreach (var name in new[] { signer, domain })
            {
                var question = AuthorizationAttributes.ForResource(user, verb, "certificates.k8s.io", "signers", name: name);
                if ((await authorizer.AuthorizeAsync(question, cancellation)).Allowed) return;
            }

            throw ApiStatusException.Forbidden(attributes.Kind, attributes.Name, $"user not permitted to {verb} requests with signerName \"{signer}\"");
        }
    }

    private static bool IsVerdict(CertificateSigningRequestCondition condition) => condition.Type is "Approved" or "Denied";

    /// <summary>Dates the conditions that carry no date.</summary>
    private CertificateSigningRequest WithConditions(
        CertificateSigningRequest request, ApiList<CertificateSigningRequestCondition> conditions, ApiList<CertificateSigningRequestCondition> before)
    {
        Time now = time.GetUtcNow();
        return request with
        {
            Status = request.Status with
            {
                Conditions =
                [
                    .. conditions.Select(c => c with
                    {
                        LastUpdateTime = c.LastUpdateTime ?? now,
                        LastTransitionTime = c.LastTransitionTime ?? before.FirstOrDefault(b => b.Type == c.Type && b.Status == c.Status)?.LastTransitionTime ?? now,
                    }),
                ],
            },
        };
    }

    private static void CheckSubject(AdmissionAttributes attributes, CertificateSigningRequest request)
    {
        if (request.Spec.SignerName != ClientSigner || request.Spec.Request is null) return;
        try
        {
            var asked = SigningRequest.LoadSigningRequestPem(request.Spec.Request.ToUtf8(), HashAlgorithmName.SHA256);
            var subject = CertificateSubject.Read(asked.SubjectName);

            // Who bears this name may say of anybody that they ask.
            if (subject.Name == Pki.ClusterCertificates.ProxyClientName)
                throw ApiStatusException.Forbidden(attributes.Kind, attributes.Name, $"use of {ClientSigner} signer with the name {subject.Name} is not allowed");
            if (subject.Groups.Contains(UserInfo.MastersGroup))
                throw ApiStatusException.Forbidden(attributes.Kind, attributes.Name, $"use of {ClientSigner} signer with {UserInfo.MastersGroup} group is not allowed");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or AsnContentException)
        {
            throw ApiStatusException.BadRequest($"spec.request is not a certificate request that can be read: {e.Message}");
        }
    }
}
