using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Pki;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Authentication;

/// <summary>
/// Fills Secrets of the type kubernetes.io/service-account-token with a token of the account that they name, the authority's
/// certificate and the namespace. Done as they are written, so that the signing key stays in the server: Kubernetes has a
/// controller for it. One whose account does not exist stays as it is.
/// </summary>
public sealed class ServiceAccountSecrets(ServiceAccountTokenIssuer issuer, CertificateAuthority authority, IObjectReader objects) : IAdmissionPlugin
{
    private const string SecretType = "kubernetes.io/service-account-token";
    private const string NameAnnotation = "kubernetes.io/service-account.name";
    private const string UidAnnotation = "kubernetes.io/service-account.uid";

    public string Name => "ServiceAccountSecrets";

    public async ValueTask<T> MutateAsync<T>(AdmissionAttributes attributes, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        if (value is not Secret { Type: SecretType } secret || attributes.Subresource.Length > 0) return value;
        var accountName = secret.Metadata.Annotations.GetOr(NameAnnotation, "");
        var secretName = attributes.Name.Length > 0 ? attributes.Name : secret.Metadata.Name;
        if (accountName.Length == 0 || secretName.Length == 0) return value;
        var account = await objects.GetAsync<ServiceAccount>(attributes.Namespace, accountName, cancellation);
        if (account is null) return value;
        var uid = secret.Metadata.Annotations.GetOr(UidAnnotation, "");
        if (uid.Length > 0 && uid != account.Metadata.Uid) return value;

        var data = secret.Data;
        if (!data.ContainsKey("token")) data = data.With("token", ByteString.FromUtf8(issuer.IssueLegacy(account, secretName)));
        data = data.With("ca.crt", ByteString.FromUtf8(authority.Pem)).With("namespace", ByteString.FromUtf8(attributes.Namespace));
        var filled = secret with
        {
            Metadata = secret.Metadata with { Annotations = secret.Metadata.Annotations.With(UidAnnotation, account.Metadata.Uid) },
            Data = data,
        };
        return (T)(IApiObject)filled;
    }
}
