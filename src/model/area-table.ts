/**
 * Areas of Shanxi (GB/T 2260, 2023 edition): the province, its 11 cities, its 117 counties and the 4 special zones that
 * have a code of their own. A table: to add an area, or another province, add its lines; what is not here is refused.
 *
 * When counties merge, the abolished one moves to `ALIASES` (to `DIVIDED` when it was shared out) and a new one to
 * `COUNTIES` and `SINCE`. From the start of that version on events of the old code are taken as of the present county,
 * with the code as sent beside it; what the log holds already stays as it is, so that a replay gives the same. A series
 * by county therefore ends under the old code and begins under the new one; those by city and by enterprise go on.
 */

/** Code and full name. */
export type AreaRow = readonly [code: string, name: string]

export const PROVINCE: AreaRow = ['140000', '山西省']

export const CITIES: readonly AreaRow[] = [
  ['140100', '太原市'],
  ['140200', '大同市'],
  ['140300', '阳泉市'],
  ['140400', '长治市'],
  ['140500', '晋城市'],
  ['140600', '朔州市'],
  ['140700', '晋中市'],
  ['140800', '运城市'],
  ['140900', '忻州市'],
  ['141000', '临汾市'],
  ['141100', '吕梁市'],
]

export const COUNTIES: readonly AreaRow[] = [
  ['140105', '小店区'],
  ['140106', '迎泽区'],
  ['140107', '杏花岭区'],
  ['140108', '尖草坪区'],
  ['140109', '万柏林区'],
  ['140110', '晋源区'],
  ['140121', '清徐县'],
  ['140122', '阳曲县'],
  ['140123', '娄烦县'],
  ['140171', '山西转型综合改革示范区'],
  ['140181', '古交市'],
  ['140212', '新荣区'],
  ['140213', '平城区'],
  ['140214', '云冈区'],
  ['140215', '云州区'],
  ['140221', '阳高县'],
  ['140222', '天镇县'],
  ['140223', '广灵县'],
  ['140224', '灵丘县'],
  ['140225', '浑源县'],
  ['140226', '左云县'],
  ['140271', '山西大同经济开发区'],
  ['140302', '城区'],
  ['140303', '矿区'],
  ['140311', '郊区'],
  ['140321', '平定县'],
  ['140322', '盂县'],
  ['140403', '潞州区'],
  ['140404', '上党区'],
  ['140405', '屯留区'],
  ['140406', '潞城区'],
  ['140423', '襄垣县'],
  ['140425', '平顺县'],
  ['140426', '黎城县'],
  ['140427', '壶关县'],
  ['140428', '长子县'],
  ['140429', '武乡县'],
  ['140430', '沁县'],
  ['140431', '沁源县'],
  ['140502', '城区'],
  ['140521', '沁水县'],
  ['140522', '阳城县'],
  ['140524', '陵川县'],
  ['140525', '泽州县'],
  ['140581', '高平市'],
  ['140602', '朔城区'],
  ['140603', '平鲁区'],
  ['140621', '山阴县'],
  ['140622', '应县'],
  ['140623', '右玉县'],
  ['140671', '山西朔州经济开发区'],
  ['140681', '怀仁市'],
  ['140702', '榆次区'],
  ['140703', '太谷区'],
  ['140721', '榆社县'],
  ['140722', '左权县'],
  ['140723', '和顺县'],
  ['140724', '昔阳县'],
  ['140725', '寿阳县'],
  ['140727', '祁县'],
  ['140728', '平遥县'],
  ['140729', '灵石县'],
  ['140781', '介休市'],
  ['140802', '盐湖区'],
  ['140821', '临猗县'],
  ['140822', '万荣县'],
  ['140823', '闻喜县'],
  ['140824', '稷山县'],
  ['140825', '新绛县'],
  ['140826', '绛县'],
  ['140827', '垣曲县'],
  ['140828', '夏县'],
  ['140829', '平陆县'],
  ['140830', '芮城县'],
  ['140881', '永济市'],
  ['140882', '河津市'],
  ['140902', '忻府区'],
  ['140921', '定襄县'],
  ['140922', '五台县'],
  ['140923', '代县'],
  ['140924', '繁峙县'],
  ['140925', '宁武县'],
  ['140926', '静乐县'],
  ['140927', '神池县'],
  ['140928', '五寨县'],
  ['140929', '岢岚县'],
  ['140930', '河曲县'],
  ['140931', '保德县'],
  ['140932', '偏关县'],
  ['140971', '五台山风景名胜区'],
  ['140981', '原平市'],
  ['141002', '尧都区'],
  ['141021', '曲沃县'],
  ['141022', '翼城县'],
  ['141023', '襄汾县'],
  ['141024', '洪洞县'],
  ['141025', '古县'],
  ['141026', '安泽县'],
  ['141027', '浮山县'],
  ['141028', '吉县'],
  ['141029', '乡宁县'],
  ['141030', '大宁县'],
  ['141031', '隰县'],
  ['141032', '永和县'],
  ['141033', '蒲县'],
  ['141034', '汾西县'],
  ['141081', '侯马市'],
  ['141082', '霍州市'],
  ['141102', '离石区'],
  ['141121', '文水县'],
  ['141122', '交城县'],
  ['141123', '兴县'],
  ['141124', '临县'],
  ['141125', '柳林县'],
  ['141126', '石楼县'],
  ['141127', '岚县'],
  ['141128', '方山县'],
  ['141129', '中阳县'],
  ['141130', '交口县'],
  ['141181', '孝义市'],
  ['141182', '汾阳市'],
]

/** Year of the edition from which on a county has its code; absent: before 2018. */
export const SINCE: ReadonlyMap<string, number> = new Map([
  ['140213', 2018],
  ['140214', 2018],
  ['140215', 2018],
  ['140403', 2018],
  ['140404', 2018],
  ['140405', 2018],
  ['140406', 2018],
  ['140681', 2018],
  ['140703', 2019],
])

/** An abolished county whose whole territory now belongs to one present county. */
export interface AreaAlias {
  readonly code: string
  readonly name: string
  /** Year of the edition of the codes from which it is gone. */
  readonly abolished: number
  readonly now: string
}

export const ALIASES: readonly AreaAlias[] = [
  { code: '140203', name: '矿区', abolished: 2018, now: '140214' },
  { code: '140227', name: '大同县', abolished: 2018, now: '140215' },
  { code: '140402', name: '城区', abolished: 2018, now: '140403' },
  { code: '140411', name: '郊区', abolished: 2018, now: '140403' },
  { code: '140421', name: '长治县', abolished: 2018, now: '140404' },
  { code: '140424', name: '屯留县', abolished: 2018, now: '140405' },
  { code: '140481', name: '潞城市', abolished: 2018, now: '140406' },
  { code: '140624', name: '怀仁县', abolished: 2018, now: '140681' },
  { code: '140726', name: '太谷县', abolished: 2019, now: '140703' },
]

/** An abolished county that was divided: only the source can say which present county it means. */
export interface AreaDivision {
  readonly code: string
  readonly name: string
  readonly abolished: number
  readonly now: readonly string[]
}

export const DIVIDED: readonly AreaDivision[] = [
  { code: '140202', name: '城区', abolished: 2018, now: ['140213', '140214'] },
  { code: '140211', name: '南郊区', abolished: 2018, now: ['140212', '140213', '140214'] },
]
