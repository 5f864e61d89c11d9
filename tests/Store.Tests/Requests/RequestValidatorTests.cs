using Keelson.Store.Requests;

namespace Keelson.Store.Tests.Requests;

/// <summary>Expected errors are those of etcd 3.5, api/v3rpc/key.go.</summary>
public sealed class RequestValidatorTests
{
    [TestCase("", StoreError.EmptyKey, TestName = "Put_NoKey_EmptyKey")]
    [TestCase("0A0161", StoreError.None, TestName = "Put_KeyOnly_Passes")]
    [TestCase("0A01611201622801", StoreError.ValueProvided, TestName = "Put_IgnoreValueWithValue_ValueProvided")]
    [TestCase("0A016118053001", StoreError.LeaseProvided, TestName = "Put_IgnoreLeaseWithLease_LeaseProvided")]
    [TestCase("0A05616263", StoreError.Malformed, TestName = "Put_CutShort_Malformed")]
    [TestCase("0801", StoreError.Malformed, TestName = "Put_KeyAsNumber_Malformed")]
    public void CheckPut(string hex, StoreError expected)
    {
        Assert.That(RequestValidator.CheckPut(Convert.FromHexString(hex)), Is.EqualTo(expected));
    }

    [TestCase("0A01612803", StoreError.InvalidSortOption, TestName = "Range_UnknownOrder_InvalidSortOption")]
    [TestCase("0A01613005", StoreError.InvalidSortOption, TestName = "Range_UnknownTarget_InvalidSortOption")]
    [TestCase(
        "0A016128FFFFFFFFFFFFFFFFFF01", StoreError.InvalidSortOption,
        TestName = "Range_NegativeOrder_InvalidSortOption")]
    [TestCase("2802", StoreError.EmptyKey, TestName = "Range_NoKey_EmptyKey")]
    [TestCase("0A016128023004", StoreError.None, TestName = "Range_DescendingByValue_Passes")]
    public void CheckRange(string hex, StoreError expected)
    {
        Assert.That(RequestValidator.CheckRange(Convert.FromHexString(hex)), Is.EqualTo(expected));
    }

    [Test]
    public void CheckTxn_EmptyOperation_KeyNotFound()
    {
        Assert.That(Check(new TxnBuilder().EmptyOperation()), Is.EqualTo(StoreError.KeyNotFound));
    }

    [Test]
    public void CheckTxn_CompareWithoutKey_EmptyKey()
    {
        Assert.That(Check(new TxnBuilder().Compare("").Put("a")), Is.EqualTo(StoreError.EmptyKey));
    }

    [Test]
    public void CheckTxn_OneOperationTooMany_TooManyOperations()
    {
        var txn = new TxnBuilder();
        for (int index = 0; index < 128; index++)
        {
            txn.Put($"key-{index}");
        }

        Assert.That(Check(txn), Is.EqualTo(StoreError.None));
        Assert.That(Check(txn.Put("one more")), Is.EqualTo(StoreError.TooManyOperations));
    }

    [Test]
    public void CheckTxn_NestedBeyondWhatItsLevelLeaves_TooManyOperations()
    {
        var inner = new TxnBuilder();
        for (int index = 0; index < 127; index++)
        {
            inner.Put($"key-{index}");
        }

        Assert.That(Check(new TxnBuilder().Nested(inner)), Is.EqualTo(StoreError.None));
        Assert.That(Check(new TxnBuilder().Put("a").Nested(inner)), Is.EqualTo(StoreError.TooManyOperations));
    }

    [Test]
    public void CheckTxn_NestedWithoutEnd_IsRefusedInsteadOfExhaustingTheStack()
    {
        var txn = new TxnBuilder();
        for (int depth = 0; depth < 1000; depth++)
        {
            txn = new TxnBuilder().Nested(txn);
        }

        Assert.That(Check(txn), Is.Not.EqualTo(StoreError.None));
    }

    private static IEnumerable<TestCaseData> Overlaps()
    {
        yield return Case("PutPutSameKey", new TxnBuilder().Put("a").Put("a"), duplicate: true);
        yield return Case("PutInThenAndElse", new TxnBuilder().Put("a").Put("a", otherwise: true), duplicate: false);
        yield return Case("PutInsideDelete", new TxnBuilder().Put("b").Delete("a", "c"), duplicate: true);
        yield return Case("PutAtDeleteEnd", new TxnBuilder().Put("c").Delete("a", "c"), duplicate: false);
        yield return Case("PutAndPointDelete", new TxnBuilder().Delete("a").Put("a"), duplicate: true);
        yield return Case("DeletesOverlap", new TxnBuilder().Delete("a", "c").Delete("b"), duplicate: false);
        yield return Case("RangeAndPut", new TxnBuilder().Range("a").Put("a"), duplicate: false);
        yield return Case(
            "NestedThenAndElsePutOneKey",
            new TxnBuilder().Nested(new TxnBuilder().Put("a").Put("a", otherwise: true)), duplicate: false);
        yield return Case(
            "NestedPutAgainstOuterPut", new TxnBuilder().Put("a").Nested(new TxnBuilder().Put("a")), duplicate: true);
        yield return Case(
            "NestedPutAgainstOuterDelete",
            new TxnBuilder().Delete("a", "z").Nested(new TxnBuilder().Put("m", otherwise: true)), duplicate: true);
        yield return Case(
            "OuterPutAgainstNestedDelete", new TxnBuilder().Put("m").Nested(new TxnBuilder().Delete("a", "z")),
            duplicate: true);
        yield return Case(
            "TwoNestedPutOneKey",
            new TxnBuilder().Nested(new TxnBuilder().Put("a")).Nested(new TxnBuilder().Put("a")), duplicate: true);
    }

    [TestCaseSource(nameof(Overlaps))]
    public void CheckTxn_Overlap(byte[] txn, bool duplicate)
    {
        StoreError expected = duplicate ? StoreError.DuplicateKey : StoreError.None;
        Assert.That(RequestValidator.CheckTxn(txn, RequestLimits.Default), Is.EqualTo(expected));
    }

    [FsCheck.NUnit.Property]
    public bool Check_AnyBytes_GivesAnAnswer(byte[] bytes) =>
        Enum.IsDefined(RequestValidator.CheckPut(bytes))
        && Enum.IsDefined(RequestValidator.CheckRange(bytes))
        && Enum.IsDefined(RequestValidator.CheckDeleteRange(bytes))
        && Enum.IsDefined(RequestValidator.CheckTxn(bytes, RequestLimits.Default));

    private static TestCaseData Case(string name, TxnBuilder txn, bool duplicate) =>
        new TestCaseData(txn.Bytes, duplicate).SetName($"CheckTxn_{name}_{(duplicate ? "DuplicateKey" : "Passes")}");

    private static StoreError Check(TxnBuilder txn) => RequestValidator.CheckTxn(txn.Bytes, RequestLimits.Default);
}
