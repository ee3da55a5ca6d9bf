using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of projected volumes: several sources share one directory, so no two may write the same file.</summary>
internal static class ProjectedVolumeRules
{
    private const string Conflict = "conflicting duplicate paths";

    // A token of less would be renewed all the time.
    private const int TokenMinSeconds = 600;

    public static void Validate(FieldErrors errors, FieldPath path, ProjectedVolumeSource volume)
    {
        VolumeRules.Mode(errors, path["defaultMode"], volume.DefaultMode);
        var files = new HashSet<string>();
        for (var i = 0; i < volume.Sources.Count; i++)
        {
            var (source, at) = (volume.Sources[i], path["sources"][i]);
            var count = 0;
            if (source.Secret is { } secret)
            {
                count++;
                Items(at["secret"], secret.Name, secret.Items);
            }

            if (source.ConfigMap is { } map)
            {
                count++;
                Items(at["configMap"], map.Name, map.Items);
            }

            if (source.DownwardAPI is { } downward)
            {
                count++;
                foreach (var file in downward.Items)
                {
                    VolumeRules.DownwardFile(errors, at["downwardAPI"], file);
                    Claim(file.Path, file.Path);
                }
            }

            if (source.ServiceAccountToken is { } token)
            {
                count++;
                Token(errors, path, at["serviceAccountToken"], token);
            }

            if (source.ClusterTrustBundle is { } bundle)
            {
                count++;
                Bundle(errors, at["clusterTrustBundle"], bundle);
                Claim(bundle.Path, bundle.Path);
            }

            if (source.PodCertificate is { } certificate)
            {
                count++;
                Certificate(at["podCertificate"], certificate);
            }

            if (count > 1)
                errors.Forbidden(at, "may not specify more than 1 volume type per source");
        }

        void Items(FieldPath at, string name, ApiList<KeyToPath> items)
        {
            if (name.Length == 0)
                errors.Required(at["name"]);
            for (var j = 0; j < items.Count; j++)
            {
                VolumeRules.KeyToPath(errors, at["items"][j], items[j]);
                Claim(items[j].Path, name);
            }
        }

        void Claim(string file, string shown)
        {
            if (file.Length > 0 && !files.Add(file))
                errors.Invalid(path, shown, Conflict);
        }

        void Certificate(FieldPath at, PodCertificateProjection certificate)
        {
            BasicRules.OneOf(errors, at["keyType"], certificate.KeyType, "RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519");
            if (certificate.MaxExpirationSeconds is < 3600)
                errors.Invalid(at["maxExpirationSeconds"], certificate.MaxExpirationSeconds, "if provided, maxExpirationSeconds must be >= 3600");
            var any = false;
            foreach (var (name, file) in (ReadOnlySpan<(string, string)>)
                [("credentialBundlePath", certificate.CredentialBundlePath), ("keyPath", certificate.KeyPath), ("certificateChainPath", certificate.CertificateChainPath)])
            {
                if (file.Length == 0)
                    continue;
                any = true;
                PathRules.LocalNonReserved(errors, at[name], file);
                Claim(file, file);
            }

            if (!any)
                errors.Required(at, "specify at least one of credentialBundlePath, keyPath, and certificateChainPath");
        }
    }

    private static void Token(FieldErrors errors, FieldPath volume, FieldPath path, ServiceAccountTokenProjection token)
    {
        if (token.ExpirationSeconds < TokenMinSeconds)
            errors.Invalid(path["expirationSeconds"], token.ExpirationSeconds, "may not specify a duration less than 10 minutes");
        if (token.ExpirationSeconds > 1L << 32)
            errors.Invalid(path["expirationSeconds"], token.ExpirationSeconds, "may not specify a duration larger than 2^32 seconds");
        if (token.Path.Length == 0)
            errors.Required(volume["path"]);
        else
            PathRules.LocalNonReserved(errors, volume["path"], token.Path);
    }

    private static void Bundle(FieldErrors errors, FieldPath path, ClusterTrustBundleProjection bundle)
    {
        if (bundle is { Name: not null, SignerName: not null })
            errors.Invalid(path, bundle, "only one of name and signerName may be used");
        else if (bundle.Name is { Length: 0 })
            errors.Required(path["name"], "must be a valid object name");
        else if (bundle is { Name: not null, LabelSelector: not null })
            errors.Invalid(path["labelSelector"], bundle.LabelSelector, "labelSelector must be unset if name is specified");
        else if (bundle.SignerName is { Length: 0 })
            errors.Required(path["signerName"], "must be a valid signer name");
        else if (bundle is { Name: null, SignerName: null })
            errors.Required(path, "either name or signerName must be specified");
        if (bundle.SignerName is not null)
            SelectorRules.Label(errors, path["labelSelector"], bundle.LabelSelector);
        if (bundle.Path.Length == 0)
            errors.Required(path["path"]);
        PathRules.LocalNonReserved(errors, path["path"], bundle.Path);
    }
}
