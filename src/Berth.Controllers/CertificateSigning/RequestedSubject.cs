using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Controllers.CertificateSigning;

/// <summary>For whom a certificate is asked, read from a PKCS #10 request.</summary>
/// <param name="HasOtherNames">It asks for names that are neither DNS names nor addresses.</param>
public sealed record RequestedSubject(string CommonName, IReadOnlyList<string> Organizations, IReadOnlyList<string> DnsNames, IReadOnlyList<IPAddress> Addresses, bool HasOtherNames)
{
    private const string NodePrefix = "system:node:";
    private const string NodesGroup = "system:nodes";
    private const string CommonNameType = "2.5.4.3";
    private const string OrganizationType = "2.5.4.10";
    private const string SubjectNamesType = "2.5.29.17";
    private const int DnsNameTag = 2;
    private const int AddressTag = 7;

    /// <summary>The node, if the subject is exactly a node's.</summary>
    public string? NodeName =>
        Organizations is [NodesGroup] && CommonName.Length > NodePrefix.Length && CommonName.StartsWith(NodePrefix, StringComparison.Ordinal) ? CommonName[NodePrefix.Length..] : null;

    public bool HasNames => DnsNames.Count + Addresses.Count > 0 || HasOtherNames;

    /// <exception cref="CryptographicException">It is no such request, or was not signed with its own key.</exception>
    public static RequestedSubject Read(string pem)
    {
        CertificateRequest request;
        try
        {
            request = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("it holds no CERTIFICATE REQUEST in PEM", e);
        }

        var name = "";
        var organizations = new List<string>();
        foreach (var part in request.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements)
                throw new CryptographicException("its subject has a part with several values");
            var type = part.GetSingleElementType().Value;
            if (type == CommonNameType)
                name = part.GetSingleElementValue() ?? "";
            else if (type == OrganizationType)
                organizations.Add(part.GetSingleElementValue() ?? "");
        }

        if (request.CertificateExtensions.FirstOrDefault(e => e.Oid?.Value == SubjectNamesType) is not { } extension)
            return new(name, organizations, [], [], false);
        var names = new X509SubjectAlternativeNameExtension(extension.RawData, extension.Critical);
        return new(name, organizations, [.. names.EnumerateDnsNames()], [.. names.EnumerateIPAddresses()], HasOthers(extension.RawData));
    }

    private static bool HasOthers(byte[] names)
    {
        var sequence = new System.Formats.Asn1.AsnReader(names, System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            if (sequence.PeekTag().TagValue is not (DnsNameTag or AddressTag))
                return true;
            sequence.ReadEncodedValue();
        }

        return false;
    }
}
